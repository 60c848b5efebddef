import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { inTime } from "./in-time.mjs";

/** @typedef {import("../agent/agent.mjs").Agent} Agent */

/** A participant in a process of its own. */
export class NodeProcess {
  #child;
  #last = 0;
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();

  /**
   * @param {string} signalingUrl
   * @param {string[]} [flags] Of Node itself, as `--cpu-prof`.
   */
  constructor(signalingUrl, flags = []) {
    this.#child = fork(fileURLToPath(new URL("../process.mjs", import.meta.url)), [signalingUrl], { execArgv: flags });
    this.#child.on("message", (/** @type {{ id: number, value?: unknown, error?: string }} */ { id, value, error }) => {
      const call = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) call?.resolve(value);
      else call?.reject(new Error(error));
    });
    this.#child.on("exit", (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the process ended: ${code ?? signal}`));
    });
  }

  /**
   * Calls a method of the agent.
   * @template {keyof Agent} M
   * @param {M} method
   * @param {Parameters<Agent[M]>} args
   * @returns {Promise<Awaited<ReturnType<Agent[M]>>>}
   */
  call(method, ...args) {
    const id = ++this.#last;
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, method, args });
    });
    return inTime(answer, `${method} ${args.join(" ")}`);
  }

  async close() {
    if (!this.#child.connected) return;
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }
}
