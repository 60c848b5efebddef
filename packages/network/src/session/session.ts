import type { NetworkError } from "../errors.ts";
import type { IceServer, Platform } from "../platform/platform.ts";
import type { Delivery } from "./delivery.ts";
import type { Link } from "./link.ts";
import type { StateTracker } from "./state-tracker.ts";
import type { MessageProgress, SendOptions } from "./transfer-wire.ts";

/** Always the same empty list, so that an empty one does not count as a change. */
export const NO_NODES: readonly string[] = [];

/** The part of a connection attempt that is under way; empty when none is. */
export type ConnectionPhase = "" | "signaling" | "ice" | "datachannel";

/** What a session tells the network. Nothing is called any more once `close()` was. */
export interface SessionEvents {
  phase(phase: ConnectionPhase): void;
  /** It is up: `host()` or `join()` succeeded. */
  connected(): void;
  joined(nodeId: string): void;
  left(nodeId: string): void;
  message(from: string, data: unknown, to?: string): void;
  state(from: string, data: unknown, key: string | undefined): void;
  /** A part of a long message came. */
  progress(from: string, progress: MessageProgress): void;
  /** Something is wrong that does not end the network. */
  trouble(error: NetworkError): void;
  /** It is over, with an error or because the host left on purpose: it is to be closed. */
  ended(error?: NetworkError): void;
  /** Statistics are new. */
  measured(): void;
  /** Words for `diagnosticMessage`; a function, so that off costs nothing. */
  diagnostic(phase: ConnectionPhase, detail: () => string): void;
}

/** Listens to a session that was left: to nothing. */
export const NOBODY: SessionEvents = /* @__PURE__ */ new Proxy({} as SessionEvents, { get: () => () => {} });

/** What LAN mode gives a session. */
export interface LanPlace {
  /** Its sockets lead to the network's host. */
  readonly platform: Platform;
  readonly signalingUrl: string;
  /** The code by which others join, or by which this node does. */
  readonly lanCode: string;
  /** What an error of signaling means on a local network. */
  explain(error: NetworkError): NetworkError;
}

/** What a session needs to know. */
export interface SessionOptions extends Partial<LanPlace> {
  readonly platform: Platform;
  readonly signalingUrl: string;
  readonly iceServers: IceServer[];
  /** Settings, most of them a host's; read when they are needed, because they may change in a running network. */
  readonly settings: {
    readonly topology: "star" | "mesh";
    readonly maxNodes: number;
    readonly autoRelay: boolean;
    readonly maxMessageSize: number;
    readonly maxQueue: number;
  };
  /** How long one joiner may take to connect to a host, in milliseconds. */
  readonly handshakeLimit: number;
}

/** One stay in a network, as its host or as a joiner, from the first socket to the last. */
export interface Session {
  /** This node's id. */
  readonly nodeId: string;
  readonly networkId: string;
  /** The host's id; in LAN mode not the code. */
  readonly hostId: string;
  /** The other nodes, in joining order, the host first. */
  readonly nodes: readonly string[];
  /** The links to other nodes; those of a mesh may lead through the host for now. */
  readonly links: readonly Link[];
  readonly states: StateTracker;
  broadcast(data: unknown, options: SendOptions): Delivery;
  /** Throws `invalid-data`, `message-too-large` and, for a wrong key, `invalid-option`; so do the others. */
  broadcastState(data: unknown, key?: string): void;
  /** To a node that is in `nodes`. Throws `not-supported` when the host cannot do it, or the node cannot read it. */
  sendTo(nodeId: string, data: unknown, options: SendOptions): Delivery;
  /** Bytes that wait for a node or are not acknowledged. */
  bufferedAmount(nodeId: string): number;
  /**
   * Leaves: from here on nothing is told any more. What was said last may take a second to arrive, unless the program ends.
   *
   * @param isExit whether it does: then all goes out at once
   */
  close(isExit: boolean): void;
}
