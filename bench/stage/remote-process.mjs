import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { inTime } from "./in-time.mjs";

/**
 * A child process whose methods can be called, as far as `answerCalls` offers them there.
 * @template {Record<keyof T, (...args: any[]) => any>} T
 */
export class RemoteProcess {
  #child;
  #last = 0;
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();

  /**
   * @param {string} file In the bench's folder.
   * @param {string[]} args
   * @param {string[]} [flags] Of Node itself, as `--cpu-prof`.
   * @param {string[]} [prefix] A command to run it under, as `taskset -c 0`.
   */
  constructor(file, args, flags = [], prefix = []) {
    const [execPath = process.execPath, ...rest] = [...prefix, process.execPath];
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
    this.#child = fork(path, args, { execPath, execArgv: [...rest, ...flags] });
    this.#child.on("message", (/** @type {{ id: number, value?: unknown, error?: string }} */ { id, value, error }) => {
      const call = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) call?.resolve(value);
      else call?.reject(new Error(error));
    });
    this.#child.on("exit", (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended: ${code ?? signal}`));
      this.#waiting.clear();
    });
  }

  /** The process's id. */
  get pid() {
    return this.#child.pid;
  }

  /** Whether it runs. */
  get isAlive() {
    return this.#child.connected;
  }

  /**
   * Calls a method.
   * @template {keyof T} M
   * @param {M} method
   * @param {Parameters<T[M]>} args
   * @returns {Promise<Awaited<ReturnType<T[M]>>>}
   */
  call(method, ...args) {
    if (!this.#child.connected) return Promise.reject(new Error(`${String(method)}: the process has ended`));
    const id = ++this.#last;
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, method, args });
    });
    return inTime(answer, `${String(method)} ${args.join(" ")}`);
  }

  async close() {
    if (!this.#child.connected) return;
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }

  /** Ends it even when it is too busy to notice. */
  async kill() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
