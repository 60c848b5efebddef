import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import type { Platform } from "@clayground/network";
import { onExit } from "./exit-callbacks.ts";
import { fetchJson } from "./fetch-json.ts";
import { IceServerNames } from "./ice-server-names.ts";
import { toNativeIceServers } from "./ice-servers.ts";
import { NodePeerConnection } from "./node-peer-connection.ts";
import { NodeSocket } from "./node-socket.ts";
import { shield } from "./shield.ts";
import { explainSocketFailure } from "./socket-failure.ts";

/** One for all networks of this program: names are asked for once. */
const names = new IceServerNames();

/** Options of {@link createNodePlatform}. */
export interface NodePlatformOptions {
  /**
   * The one local IP address that peer connections use, for a machine with several networks, or `127.0.0.1`
   * in tests. @default all addresses but loopback; loopback where there is nothing else
   */
  bindAddress?: string;
}

/**
 * The platform of Node: WebRTC by libdatachannel, WebSockets by `ws`.
 *
 * @example
 * ```ts
 * const network = new Network({ platform: createNodePlatform({ bindAddress: "127.0.0.1" }) });
 * ```
 */
export function createNodePlatform({ bindAddress }: NodePlatformOptions = {}): Platform {
  // oxlint-disable-next-line no-console -- where a Node program looks for exceptions that did not end it
  const report = (error: unknown): void => console.error(error);
  return {
    now: () => performance.now(),
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
    // A copy: a small Buffer is a view of a pool that others use too.
    randomBytes: (count) => Uint8Array.from(randomBytes(count)),
    createWebSocket: (url) => new NodeSocket(url, report),
    loadHttp: () =>
      Promise.resolve({
        explainSocketFailure: (_url, event) => Promise.resolve(explainSocketFailure(event)),
        fetchJson,
      }),
    resolveIceServers: (servers) => names.resolve(servers),
    createPeerConnection: ({ iceServers }) =>
      new NodePeerConnection({
        iceServers: toNativeIceServers(iceServers),
        bindAddress: bindAddress ?? loopbackAlone(networkInterfaces()),
        report,
      }),
    signalingUrl: () => undefined,
    onExit: (callback) => onExit(shield(report, callback)),
    reportError: report,
  };
}

/** libjuice passes loopback over: on a machine that is in no network, two programs would not find each other. */
function loopbackAlone(interfaces: ReturnType<typeof networkInterfaces>): string | undefined {
  return Object.values(interfaces).every((infos) => infos?.every(({ internal }) => internal)) ? "127.0.0.1" : undefined;
}
