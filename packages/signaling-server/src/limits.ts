/** What a realm holds its clients to. Each has a default that suits a small public server. */
export interface RealmLimits {
  /** Clients connected at once; the next one gets ERROR. @default 10000 */
  readonly maxClients: number;
  /** Clients connected at once from one address (IPv6: one /64), so that nobody takes all places. @default 200 */
  readonly maxClientsPerAddress: number;
  /** Messages a client may send in one go; then it is closed. A host answers 8 joiners with about 100. @default 500 */
  readonly burst: number;
  /** Messages per second that a client may send for long; long ones count as several (SPEC.md, S33). @default 100 */
  readonly messagesPerSecond: number;
  /** Messages kept for one absent id. 8 joiners that wait for a host's return send about 100. @default 256 */
  readonly maxWaitingPerPeer: number;
  /** Bytes kept for one absent id. 8 joiners that wait for a host's return send about 100,000. @default 524288 */
  readonly maxWaitingLengthPerPeer: number;
  /** Bytes kept for all absent ids together. @default 16777216 */
  readonly maxWaitingLength: number;
  /**
   * Milliseconds that a message waits for an id that was not here lately. Long enough for two clients
   * that connect at the same moment, short enough to tell a person that a code is wrong. @default 1000
   */
  readonly unknownPeerMs: number;
  /** Milliseconds after a client left in which messages wait for its return, as on PeerServer. @default 5000 */
  readonly departedPeerMs: number;
  /** Longest id of a client, at most 64. @default 64 */
  readonly maxIdLength: number;
  /** What the whole of an id must match, besides being 1 to 64 letters, digits, `-`, `_` and spaces. @default all */
  readonly idPattern?: RegExp | undefined;
}

/** The limits that apply where an option is left out. */
export const DEFAULT_LIMITS: RealmLimits = {
  maxClients: 10_000,
  maxClientsPerAddress: 200,
  burst: 500,
  messagesPerSecond: 100,
  maxWaitingPerPeer: 256,
  maxWaitingLengthPerPeer: 512 * 1024,
  maxWaitingLength: 16 * 1024 * 1024,
  unknownPeerMs: 1000,
  departedPeerMs: 5000,
  maxIdLength: 64,
};

/** PeerServer's words for who finds no place. */
export const FULL = "Server has reached its concurrent user limit";
/** For who finds none, because so many are here from the same address. */
export const FULL_FOR_ADDRESS = "Server has reached its concurrent user limit for one address";

/** Longest token or key of a client. PeerJS's tokens have up to 13 characters, native ones 8. */
export const MAX_SECRET_LENGTH = 128;
