import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BrowserPage } from "./browser-page.mjs";
import { NodeProcess } from "./node-process.mjs";

/** @typedef {"chromium" | "firefox" | "node"} Runtime */
/** @typedef {BrowserPage | NodeProcess} Participant */

/** The servers, and all participants in processes of their own; everything ends with it. */
export class Stage {
  #servers;
  #port;
  /** @type {Participant[]} */
  #participants = [];

  /**
   * @param {import("node:child_process").ChildProcess} servers
   * @param {number} port
   */
  constructor(servers, port) {
    this.#servers = servers;
    this.#port = port;
  }

  static async open() {
    const servers = fork(fileURLToPath(new URL("../servers.mjs", import.meta.url)));
    const [port] = await Promise.race([once(servers, "message"), failed(servers)]);
    return new Stage(servers, port);
  }

  /** Without its path. */
  get signalingUrl() {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /**
   * @param {Runtime} runtime
   * @returns {Promise<Participant>}
   */
  async participant(runtime) {
    const participant =
      runtime === "node"
        ? new NodeProcess(`${this.signalingUrl}/peerjs`)
        : await BrowserPage.open(runtime, `http://127.0.0.1:${this.#port}/`);
    this.#participants.push(participant);
    return participant;
  }

  /**
   * Two participants for as long as `use` takes.
   * @template T
   * @param {Runtime} hostRuntime
   * @param {Runtime} joinerRuntime
   * @param {(host: Participant, joiner: Participant) => Promise<T>} use
   */
  pair(hostRuntime, joinerRuntime, use) {
    return this.group([hostRuntime, joinerRuntime], ([host, joiner]) => {
      if (!host || !joiner) throw new Error("nobody there");
      return use(host, joiner);
    });
  }

  /**
   * Participants for as long as `use` takes.
   * @template T
   * @param {readonly Runtime[]} runtimes
   * @param {(participants: Participant[]) => Promise<T>} use
   */
  async group(runtimes, use) {
    /** @type {Participant[]} */
    const group = [];
    try {
      for (const runtime of runtimes) group.push(await this.participant(runtime));
      return await use(group);
    } finally {
      await Promise.all(group.map((participant) => participant.close()));
      this.#participants = this.#participants.filter((one) => !group.includes(one));
    }
  }

  async close() {
    await Promise.all(this.#participants.map((participant) => participant.close()));
    if (!this.#servers.connected) return;
    const exited = once(this.#servers, "exit");
    this.#servers.disconnect();
    await exited;
  }
}

/**
 * @param {import("node:child_process").ChildProcess} servers
 * @returns {Promise<never>}
 */
async function failed(servers) {
  const [code] = await once(servers, "exit");
  throw new Error(`the servers ended: ${code}`);
}
