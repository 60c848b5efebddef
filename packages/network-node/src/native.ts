import { createRequire } from "node:module";
import type * as NodeDataChannel from "node-datachannel";

/** One peer connection of libdatachannel. */
export type NativePeerConnection = NodeDataChannel.PeerConnection;

/** One data channel of libdatachannel. */
export type NativeDataChannel = NodeDataChannel.DataChannel;

/** One STUN or TURN server as libdatachannel takes it; the URL form would break at a colon in the user name. */
export type NativeIceServer = Exclude<NodeDataChannel.RtcConfig["iceServers"][number], string>;

const require = createRequire(import.meta.url);

let library: typeof NodeDataChannel | undefined;

/** Loads libdatachannel when it is first needed: 40 ms. Throws a plain sentence when there is none for this machine. */
export function libdatachannel(): typeof NodeDataChannel {
  if (library) return library;
  try {
    library = require("node-datachannel") as typeof NodeDataChannel;
  } catch (error) {
    throw new Error("node-datachannel has no binary for this platform, or is not installed.", { cause: error });
  }
  return library;
}
