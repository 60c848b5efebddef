import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** What the system said when it refused a namespace or a bridge; the tests that need them are skipped then. */
export class LanForbiddenError extends Error {}

/** Nothing that a test starts outlives the test run, however that ends. */
const END_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL"];

/**
 * A network, a table of mounts and a host name of its own, kept alive by a process that sleeps. No names in
 * /run/netns: these would need a mount there, and collide with those of a second test run.
 */
export class Namespace {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  /** @throws LanForbiddenError (rejection) */
  static async open(name: string): Promise<Namespace> {
    const [command = "", ...args] = ["unshare", "-n", "-m", "-u", ...END_WITH_PARENT, "sh", "-c"];
    const script = `hostname ${name} && ip link set lo up && echo ready && exec sleep infinity`;
    const holder = spawn(command, [...args, script], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    holder.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const ready = await new Promise<boolean>((settle) => {
      holder.stdout.once("data", () => settle(true));
      holder.once("close", () => settle(false));
      holder.once("error", (error) => {
        said = error.message;
        settle(false);
      });
    });
    if (!ready) throw new LanForbiddenError(said.trim());
    return new Namespace(holder);
  }

  /** As `ip link` takes it for a namespace. */
  get pid(): number {
    return this.#holder.pid ?? -1;
  }

  /** What to put before a command, so that it runs in here. */
  get launcher(): readonly string[] {
    return ["nsenter", "-t", String(this.pid), "-n", "-m", "-u", ...END_WITH_PARENT];
  }

  /** Lines of the shell; the first that fails is an error. */
  async run(script: string): Promise<string> {
    const [command = "", ...args] = this.launcher;
    const child = spawn(command, [...args, "sh", "-ec", script], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`${script.trim()}\n${errors}`);
    return output;
  }

  /** The namespace goes as soon as the last process in it has ended. */
  async close(): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return;
    const ended = once(this.#holder, "exit");
    this.#holder.kill("SIGKILL");
    await ended;
  }
}
