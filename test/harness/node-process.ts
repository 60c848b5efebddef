import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Answer, Command } from "./agent/protocol.ts";
import { compiledAgent } from "./compile-agent.ts";
import type { AgentLine } from "./test-node.ts";

/** A node in a process of its own: real Node, real libdatachannel, driven over IPC. */
export class NodeProcess implements AgentLine {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  readonly #exited: Promise<number | string>;
  #orders = 0;
  #stderr = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    child.on("message", ({ id, answer }: { id: number; answer: Answer }) => {
      this.#pending.get(id)?.(answer);
      this.#pending.delete(id);
    });
    this.#exited = once(child, "exit").then(([code, signal]) => {
      const answer: Answer = {
        ok: false,
        error: { name: "Gone", message: `the process has ended (${code ?? signal}): ${this.#stderr}` },
      };
      for (const settle of this.#pending.values()) settle(answer);
      this.#pending.clear();
      return Number(code ?? -1) === -1 ? String(signal) : Number(code);
    });
  }

  /**
   * @param env what it finds in its environment, besides what is there already
   * @param launcher what to put before the command, so that it runs elsewhere
   */
  static async start(
    env: Readonly<Record<string, string>> = {},
    launcher: readonly string[] = [],
  ): Promise<NodeProcess> {
    const [execPath = process.execPath, ...execArgv] = [...launcher, process.execPath, "--expose-gc"];
    const child = fork(compiledAgent("process.js"), [], {
      env: { ...process.env, ...env },
      execPath,
      execArgv,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const node = new NodeProcess(child);
    const ready = await new Promise<Answer>((settle) => node.#pending.set(0, settle));
    if (!ready.ok) throw new Error(ready.error.message);
    return node;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  send(command: Command): Promise<Answer> {
    if (!this.#child.connected) {
      const { exitCode, signalCode } = this.#child;
      const message = `the process has ended (${exitCode ?? signalCode}): ${this.#stderr}`;
      return Promise.resolve({ ok: false, error: { name: "Gone", message } });
    }
    const id = (this.#orders += 1);
    return new Promise((settle) => {
      this.#pending.set(id, settle);
      this.#child.send({ id, command });
    });
  }

  /** Cuts the remote control, and resolves with the exit code, or signal, once the process ends by itself. */
  async exits(): Promise<number | string> {
    await this.send({ do: "release" });
    return this.#exited;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async dispose(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
  }
}
