import { isNetworkError, Network } from "../src/index.ts";
import type { NetworkErrorCode, NetworkOptions } from "../src/index.ts";
import type { IceServer } from "../src/platform/platform.ts";
import { MemoryNetwork } from "../src/testing/index.ts";
import type { MemoryNetworkOptions, MemoryPlatform, OpenResources } from "../src/testing/index.ts";

/** What is open when all is over. */
export const NOTHING: OpenResources = { sockets: 0, peerConnections: 0, channels: 0, timers: 0 };

/** A network in memory, with a maker of nodes on machines of their own. */
export function setup(options: MemoryNetworkOptions = {}): {
  net: MemoryNetwork;
  node: (name: string, options?: NetworkOptions) => Network;
} {
  const net = new MemoryNetwork(options);
  return { net, node: (name, more = {}) => new Network({ platform: net.platform(name), ...more }) };
}

/** Calls back for each connection that is made on this platform, with what it is made from. */
export function watchConnections(platform: MemoryPlatform, made: (config: { iceServers: IceServer[] }) => void): void {
  const create = platform.createPeerConnection.bind(platform);
  platform.createPeerConnection = (config) => {
    made(config);
    return create(config);
  };
}

/** The code that a promise of the library is rejected with; `undefined` when it is fulfilled. */
export async function codeOf(promise: Promise<unknown>): Promise<NetworkErrorCode | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (!isNetworkError(error)) throw error;
    return error.code;
  }
}
