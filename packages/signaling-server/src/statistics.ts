/** Why somebody was turned away or closed, or something not taken. Each limit and each check has one. */
export type Refusal =
  /** No id, token or key, or one that is too long or not allowed. */
  | "bad-request"
  /** Another key than the server's. */
  | "bad-key"
  /** Another client has the id. */
  | "id-taken"
  /** `maxClients` are connected. */
  | "server-full"
  /** `maxClientsPerAddress` are connected from this address. */
  | "address-full"
  /** More new connections from this address than `connectionsPerSecond`. */
  | "connection-rate"
  /** The page's origin is not among `allowedOrigins`. */
  | "origin"
  /** `authorize` said no, or failed. */
  | "unauthorized"
  /** The HTTP head, `authorize` or a first frame took longer than `handshakeMs`. */
  | "handshake-timeout"
  /** The server drains. */
  | "draining"
  /** More messages than `messagesPerSecond`. */
  | "message-rate"
  /** A frame, or an HTTP request's body, over `maxPayload`. */
  | "frame-size"
  /** More than `maxBacklog` was not read, of what the server itself says. */
  | "backlog"
  /** No sign of life for a ping interval. */
  | "silent"
  /** No room for a message: to an absent id, or to a client that does not read; its sender got EXPIRE. */
  | "waiting-full";

/** Every {@link Refusal}, in the order in which metrics list them. */
export const REFUSALS: readonly Refusal[] = [
  "bad-request",
  "bad-key",
  "id-taken",
  "server-full",
  "address-full",
  "connection-rate",
  "origin",
  "unauthorized",
  "handshake-timeout",
  "draining",
  "message-rate",
  "frame-size",
  "backlog",
  "silent",
  "waiting-full",
];

/** The types by which messages are counted; `OTHER` is every type that the protocol does not name. */
export type CountedType = "OFFER" | "ANSWER" | "CANDIDATE" | "HEARTBEAT" | "LEAVE" | "OTHER";

/** Every {@link CountedType}, in the order in which metrics list them. */
export const COUNTED_TYPES: readonly CountedType[] = ["OFFER", "ANSWER", "CANDIDATE", "HEARTBEAT", "LEAVE", "OTHER"];

/** What a server counts: what is so now, and totals since it started. Plain numbers, for metrics. */
export interface SignalingStatistics {
  /** Clients that are connected. */
  readonly clients: number;
  /** Those of them that came over plain HTTP. */
  readonly clientsOverHttp: number;
  /** Absent ids for which messages wait. */
  readonly waitingPeers: number;
  /** Messages that wait for absent ids. */
  readonly waitingMessages: number;
  /** Bytes of these messages. */
  readonly waitingLength: number;
  /** Clients that got OPEN. */
  readonly acceptedTotal: number;
  /** Clients that gave way to the same id and token. */
  readonly replacedTotal: number;
  /** What was refused, by reason. */
  readonly refusedTotal: Readonly<Record<Refusal, number>>;
  /** Readable messages from clients, by type. */
  readonly messagesTotal: Readonly<Record<CountedType, number>>;
  /** Messages that went to the client they were for, at once or after they had waited. */
  readonly deliveredTotal: number;
  /** EXPIRE messages that were due: one for each sender and absent id. */
  readonly expiredTotal: number;
  /** Frames from clients that were ignored, because they were unreadable or not for a client to say. */
  readonly droppedTotal: number;
  /** Bytes of the frames that came from clients. */
  readonly bytesReceivedTotal: number;
  /** Bytes of the frames that went to clients. */
  readonly bytesSentTotal: number;
  /** Whether the server drains, so takes nobody. */
  readonly draining: boolean;
}
