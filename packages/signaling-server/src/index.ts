/** A PeerServer-compatible signaling server, alone or on an HTTP server that is there already. */
export type { RealmLimits } from "./limits.ts";
export type { LogEntry, Transport } from "./log.ts";
export type { ConnectingClient, SignalingLocation, SignalingServerOptions, TurnOptions } from "./options.ts";
export { createSignalingServer } from "./server.ts";
export type { SignalingServer } from "./signaling-server.ts";
export { COUNTED_TYPES, REFUSALS, type CountedType, type Refusal, type SignalingStatistics } from "./statistics.ts";
