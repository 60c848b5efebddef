import { RemoteProcess } from "./remote-process.mjs";

/**
 * A participant in a process of its own.
 * @extends {RemoteProcess<import("../agent/agent.mjs").Agent>}
 */
export class NodeProcess extends RemoteProcess {
  /**
   * @param {string} signalingUrl
   * @param {string[]} [flags] Of Node itself, as `--cpu-prof`.
   */
  constructor(signalingUrl, flags = []) {
    super("process.mjs", [signalingUrl], flags);
  }
}
