import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PATIENCE_MS, within } from "../harness/test-node.ts";
import { CRASH_CODES } from "./native-app/crash.ts";
import type { Weakness } from "./native-app/crash.ts";
import type { Json } from "./native-app/json.ts";
import type { AppOptions } from "./native-app/native-app.ts";
import type { Order } from "./native-app/process.ts";

/** Something that happened to a native app, with its fields. */
export interface AppEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

let bundle: Promise<string> | undefined;

/** The stand-in for an existing native app in a process of its own, under remote control. */
export class NativeAppProcess {
  /** All that has happened to it. */
  readonly events: AppEvent[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ending: Promise<Ending>;
  readonly #waiting = new Set<() => void>();
  #begun = 0;
  #isEndExpected = false;
  #stderr = "";

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stderr.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    // What it is told in the very moment in which it dies.
    child.stdin.on("error", () => undefined);
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.events.push(JSON.parse(line) as AppEvent);
      for (const look of this.#waiting) look();
    });
    this.#ending = once(child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stderr: this.#stderr,
    }));
  }

  static async start(): Promise<NativeAppProcess> {
    bundle ??= bundleApp();
    const args = ["--input-type=module", "--eval", await bundle];
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    return new NativeAppProcess(spawn(process.execPath, args, { cwd, stdio: "pipe" }));
  }

  /** Resolves with the code. */
  async host(options: AppOptions = {}): Promise<string> {
    this.tell({ do: "host", options });
    return String((await this.waitFor("networkCreated"))["networkId"]);
  }

  /** Resolves with its own id when it is connected; rejects with its error. */
  async join(code: string, options: AppOptions = {}): Promise<string> {
    const since = (this.#begun = this.events.length);
    this.tell({ do: "join", code, options });
    const connected = this.#find("connectedChanged", { connected: true }, since);
    const failed = this.#find("errorOccurred", {}, since);
    const first = await this.#inTime(Promise.race([connected, failed]), "join");
    if (first.event === "errorOccurred") throw new Error(String(first["message"]));
    return String(first["nodeId"]);
  }

  /**
   * Joins a network of another native app. In 1 of 150 connects on a busy machine DTLS between two ends of libdatachannel
   * fails; a person tries again.
   */
  async joinAnother(code: string, options: AppOptions = {}): Promise<string> {
    for (let triesLeft = 3; ; triesLeft -= 1) {
      try {
        return await this.join(code, { connectionTimeout: 4000, ...options });
      } catch (error) {
        if (triesLeft === 0 || !String(error).includes("timed out")) throw error;
      }
    }
  }

  broadcast(data: Json): void {
    this.tell({ do: "broadcast", data });
  }

  broadcastState(data: Json): void {
    this.tell({ do: "broadcastState", data });
  }

  sendTo(id: string, data: Json): void {
    this.tell({ do: "sendTo", id, data });
  }

  leave(): void {
    this.tell({ do: "leave" });
  }

  /** Without waiting for anything. */
  tell(order: Order): void {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** Waits for an event with these fields, also when it came before; rejects when the app dies. */
  waitFor(event: string, fields: Record<string, unknown> = {}, timeoutMs: number = PATIENCE_MS): Promise<AppEvent> {
    return this.#inTime(this.#find(event, fields, 0), `${event} ${JSON.stringify(fields)}`, timeoutMs);
  }

  /** What it sent or got over one channel, or by signaling, in order, since it last joined. */
  frames(dir: "sent" | "received", layer: "signaling" | "data" | "state", remote?: string): string[] {
    return this.events
      .slice(this.#begun)
      .filter((seen) => seen.event === "frame" && seen["dir"] === dir && seen["layer"] === layer)
      .filter((seen) => remote === undefined || seen["remote"] === remote)
      .map((seen) => String(seen["text"]));
  }

  /** Waits until it dies, as a test wants it, and resolves with the weakness that killed it. */
  async dies(): Promise<Weakness | undefined> {
    this.#isEndExpected = true;
    const { code } = await within(this.#ending, PATIENCE_MS, () => "the native app is still alive");
    return (Object.keys(CRASH_CODES) as Weakness[]).find((weakness) => CRASH_CODES[weakness] === code);
  }

  /** Without any farewell. */
  async kill(): Promise<void> {
    this.#isEndExpected = true;
    this.#child.kill("SIGKILL");
    await this.#ending;
  }

  /** Rejects when it has died by itself before: nothing that a test does may kill a native app. */
  async close(): Promise<void> {
    const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null;
    if (!hasEnded) await this.kill();
    else if (!this.#isEndExpected) throw new Error(await this.#death());
  }

  async #death(): Promise<string> {
    const { code, signal, stderr } = await this.#ending;
    return `the native app has ended (${code ?? signal}): ${stderr}`;
  }

  #find(event: string, fields: Record<string, unknown>, since: number): Promise<AppEvent> {
    return new Promise((resolve) => {
      let next = since;
      const look = (): void => {
        for (; next < this.events.length; next += 1) {
          const seen = this.events[next];
          if (seen?.event !== event || !hasFields(seen, fields)) continue;
          this.#waiting.delete(look);
          return resolve(seen);
        }
      };
      this.#waiting.add(look);
      look();
    });
  }

  #inTime(found: Promise<AppEvent>, what: string, timeoutMs: number = PATIENCE_MS): Promise<AppEvent> {
    const died = this.#ending.then(async () => Promise.reject(new Error(await this.#death())));
    return within(Promise.race([found, died]), timeoutMs, () => {
      const last = this.events.slice(-8).map((seen) => JSON.stringify(seen).slice(0, 200));
      return `a native app did not come to ${what} after ${last.join(", ")}`;
    });
  }
}

function hasFields(seen: AppEvent, fields: Record<string, unknown>): boolean {
  return Object.entries(fields).every(([name, value]) => JSON.stringify(seen[name]) === JSON.stringify(value));
}

/** One file without types, which Node 20 cannot strip. */
async function bundleApp(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("native-app/process.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    external: ["node-datachannel", "ws"],
  });
  return outputFiles[0]?.text ?? "";
}
