/**
 * What the test and a remote-controlled node say to each other: plain JSON, so that it crosses
 * WebDriver, CDP and IPC alike. Bytes travel as `{ $bytes: base64 }` (see `payload.ts`).
 */

import type { IceServer, NetworkOptions } from "@clayground/network-node";

/** The events of `Network` that an agent records. */
export const RECORDED_EVENTS = [
  "networkCreated",
  "networkIdChanged",
  "nodeJoined",
  "nodeLeft",
  "messageReceived",
  "messageProgress",
  "stateReceived",
  "errorOccurred",
  "connectionTimedOut",
  "statusChanged",
  "diagnosticMessage",
] as const;

/** The name of a recorded event; `"fault"` is an exception that reached the application. */
export type EventName = (typeof RECORDED_EVENTS)[number] | "fault";

/** One event, in the order in which the node saw it. */
export interface RecordedEvent {
  /** Its place in the node's log, from 0. */
  index: number;
  /** When it came, in milliseconds of the node's own clock. */
  at: number;
  name: EventName;
  /** The listener's arguments; an error as {@link RemoteFailure}. */
  args: unknown[];
}

/**
 * What a node must reach: an event in its log, a number of events, or the value of a property. `paths` is one, too: that to
 * each of `nodes`, in their order.
 */
export type Condition =
  | {
      event: EventName;
      /** The first arguments, compared deeply. */
      args?: unknown[];
      /** Ignores events before this index. Default 0. */
      since?: number;
    }
  | { event: EventName; atLeast: number }
  | { property: string; is: unknown };

/** An error as it crosses to the test. */
export interface RemoteFailure {
  name: string;
  message: string;
  code?: string;
  hint?: string;
}

/** Steady traffic of one node. */
export interface Play {
  durationMs: number;
  statesPerSecond: number;
  messagesPerSecond: number;
}

/** How many of each a node has sent while playing. */
export interface Played {
  states: number;
  messages: number;
}

/** What a node holds open at this moment. */
export interface Holdings {
  /** Peer connections not closed; 0 in Node, which cannot count them: there an open one keeps the process alive. */
  peerConnections: number;
  /** WebSockets not closed. */
  sockets: number;
  /** Running timers. */
  timers: number;
  /** What else keeps a Node process alive, by Node's own names. */
  others: string[];
}

/** What a node uses, in bytes, after a garbage collection; 0 where it cannot be read. */
export interface Memory {
  heapBytes: number;
  rssBytes: number;
  /** The most that the process has ever had. */
  peakRssBytes: number;
  /** Open file descriptors of a Node process. */
  descriptors: number;
  /** Peer connections and sockets of a page that are still in memory, open or closed. */
  retained: number;
  /** Whether something has reached `Object.prototype`. */
  prototypePolluted: boolean;
}

/** The options of `Network` that a test sets. Without `iceServers` there are none; `"default"` is the library's choice. */
export type AgentOptions = Pick<
  NetworkOptions,
  | "signalingUrl"
  | "maxNodes"
  | "autoRelay"
  | "connectionTimeout"
  | "topology"
  | "verbose"
  | "signalingMode"
  | "lanPort"
  | "lanAddress"
  | "lanName"
  | "appId"
  | "advertise"
> & { iceServers?: "auto" | "default" | IceServer[] };

/** One order to an agent. */
export type Command =
  | { do: "host"; options: AgentOptions; serve?: string }
  | { do: "join"; code: string | readonly string[]; options: AgentOptions }
  | { do: "abort" }
  | { do: "leave" }
  | { do: "renew" }
  | { do: "broadcast" | "broadcastState"; data: unknown }
  | { do: "sendTo"; id: string; data: unknown }
  | { do: "deliver"; id?: string; data: unknown }
  | { do: "pour"; id: string; count: number; size: number; pauseMs: number }
  | { do: "snapshot" }
  | { do: "events"; since: number }
  | { do: "waitFor"; condition: Condition }
  | { do: "play"; play: Play }
  | { do: "holdings" | "memory" }
  | { do: "release" };

/** An agent's answer to a command. */
export type Answer = { ok: true; value: unknown } | { ok: false; error: RemoteFailure };
