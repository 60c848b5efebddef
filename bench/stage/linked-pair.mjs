import { NodeProcess } from "./node-process.mjs";
import { RemoteProcess } from "./remote-process.mjs";

/** @typedef {RemoteProcess<import("../link/link.mjs").Link>} LinkProcess */

/**
 * Two Node processes with a link between them, for as long as `use` takes.
 * @template T
 * @param {import("./stage.mjs").Stage} stage
 * @param {(host: NodeProcess, joiner: NodeProcess, link: LinkProcess) => Promise<T>} use
 */
export async function linkedPair(stage, use) {
  /** @type {LinkProcess} */
  const link = new RemoteProcess("link.mjs", [stage.signalingUrl]);
  /** @type {NodeProcess[]} */
  const nodes = [];
  try {
    const url = `ws://127.0.0.1:${await link.call("port")}/peerjs`;
    const [host, joiner] = [new NodeProcess(url), new NodeProcess(url)];
    nodes.push(host, joiner);
    return await use(host, joiner, link);
  } finally {
    await Promise.all([...nodes, link].map((one) => one.close()));
  }
}
