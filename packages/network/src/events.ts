import type { PhaseTiming } from "./diagnostics/phase-timer.ts";
import type { PeerStats } from "./diagnostics/peer-stats.ts";
import type { NetworkError } from "./errors.ts";
import type { ConnectionPhase } from "./session/session.ts";
import type { MessageProgress } from "./session/transfer-wire.ts";
import type { SyncStats } from "./session/state-tracker.ts";
import type { Status } from "./constants.ts";

/** What travels in a network: `Network<{ message: Chat; state: Player }>`. Left out: any JSON. */
export interface NetworkTypes {
  message?: unknown;
  state?: unknown;
}

/** The type of messages, any JSON when none is given. */
export type MessageOf<T extends NetworkTypes> = T extends { message: infer M } ? M : unknown;

/** The type of states, any JSON when none is given. */
export type StateOf<T extends NetworkTypes> = T extends { state: infer S } ? S : unknown;

/** Everything that can be read from a network, as it was at one moment. It never changes. */
export interface NetworkSnapshot {
  /** The code of the network; empty while disconnected. */
  readonly networkId: string;
  /** This node's id; the host's equals the code. Empty while disconnected. */
  readonly nodeId: string;
  readonly isHost: boolean;
  readonly connected: boolean;
  readonly status: Status;
  /** Nodes in the network, this one included; 0 while disconnected. */
  readonly nodeCount: number;
  /** The other nodes in joining order, the host first. */
  readonly nodes: readonly string[];
  /** The part of a connection attempt that is under way, or in which the last one failed; else empty. */
  readonly connectionPhase: ConnectionPhase;
  /** How long the parts of the last attempt took, in milliseconds. */
  readonly phaseTiming: PhaseTiming;
  /** The best round-trip time of all links, in milliseconds; -1 when unknown. */
  readonly latency: number;
  /** Statistics of the connection to each node; new with each ping, every 2 s. */
  readonly peerStats: Readonly<Record<string, PeerStats>>;
  /** Statistics of the state updates of each node; new with each ping, every 2 s. */
  readonly syncStats: Readonly<Record<string, SyncStats>>;
}

/** The signals of a network, with what their listeners get. */
export type NetworkEvents<T extends NetworkTypes = NetworkTypes> = {
  /** This node hosts a network; share the code. */
  networkCreated: [networkId: string];
  nodeJoined: [nodeId: string];
  nodeLeft: [nodeId: string];
  /** A reliable message. `info.to` names the receiver when a joiner wrote to one node alone. */
  messageReceived: [fromId: string, data: MessageOf<T>, info: MessageInfo];
  /** A part of a long message (over 64 KiB, or with a `Blob`) came; `messageReceived` follows when all of it is here. */
  messageProgress: [fromId: string, progress: MessageProgress];
  /** A state update; never an older one after a newer one of the same node and key. */
  stateReceived: [fromId: string, data: StateOf<T>, info: StateInfo];
  /** An attempt failed, the network broke, or signaling is lost for now. */
  errorOccurred: [message: string, error: NetworkError];
  /** Only with `verbose`. */
  diagnosticMessage: [phase: ConnectionPhase, detail: string];
  /** `connectionTimeout` passed; `errorOccurred` follows. */
  connectionTimedOut: [];
} & { [K in keyof NetworkSnapshot as `${K}Changed`]: [value: NetworkSnapshot[K]] };

/** What else is known of a message. */
export interface MessageInfo {
  /** The only receiver, when the sender used `sendTo`. The host with `autoRelay` off sees those of others too. */
  readonly to?: string;
}

/** What else is known of a state update. */
export interface StateInfo {
  /** The key that its sender gave it. */
  readonly key?: string;
}

/** Each signal's handler as an option: `onNodeJoined` for `nodeJoined`. */
export type NetworkHandlers<T extends NetworkTypes = NetworkTypes> = {
  [K in keyof NetworkEvents<T> as `on${Capitalize<K>}`]?: (...args: NetworkEvents<T>[K]) => void;
};
