import { DEFAULT_LIMITS } from "../limits.ts";
import type { CommandOption } from "./command-option.ts";
import type { Settings } from "./settings.ts";
import { wholeNumber } from "./values.ts";

const COUNT = [1, 1_000_000] as const;
const BYTES = [1024, 1024 ** 3] as const;
const LENGTH = [1, 1024 ** 3] as const;
/** Up to an hour. */
const INTERVAL_MS = [100, 3_600_000] as const;
const WAIT_MS = [1, 3_600_000] as const;

/** What a public server holds its clients to. */
export const LIMIT_OPTIONS: readonly CommandOption[] = [
  limit("max-clients N", DEFAULT_LIMITS.maxClients, "clients at once", COUNT, (maxClients) => ({ maxClients })),
  limit(
    "max-clients-per-address N",
    DEFAULT_LIMITS.maxClientsPerAddress,
    "clients at once from one address (IPv6: one /64)",
    COUNT,
    (maxClientsPerAddress) => ({ maxClientsPerAddress }),
  ),
  limit(
    "connections-per-second N",
    20,
    "new connections and requests from one address, for long",
    COUNT,
    (connectionsPerSecond) => ({ connectionsPerSecond }),
  ),
  limit(
    "connection-burst N",
    400,
    "new connections and requests from one address, at once",
    COUNT,
    (connectionBurst) => ({ connectionBurst }),
  ),
  limit("handshake-ms MS", 5000, "that TLS and the head of a request may take", INTERVAL_MS, (handshakeMs) => ({
    handshakeMs,
  })),
  limit(
    "messages-per-second N",
    DEFAULT_LIMITS.messagesPerSecond,
    "of one client, for long",
    COUNT,
    (messagesPerSecond) => ({ messagesPerSecond }),
  ),
  limit("burst N", DEFAULT_LIMITS.burst, "messages of one client, at once", COUNT, (burst) => ({ burst })),
  limit("max-payload BYTES", 65_536, "of one frame", BYTES, (maxPayload) => ({ maxPayload })),
  limit("max-backlog BYTES", 1_048_576, "that wait for a client which does not read", BYTES, (maxBacklog) => ({
    maxBacklog,
  })),
  limit(
    "ping-interval-ms MS",
    15_000,
    "who does not answer a ping until the next is dropped",
    INTERVAL_MS,
    (pingIntervalMs) => ({ pingIntervalMs }),
  ),
  limit(
    "max-waiting-per-peer N",
    DEFAULT_LIMITS.maxWaitingPerPeer,
    "messages kept for an absent id",
    LENGTH,
    (maxWaitingPerPeer) => ({ maxWaitingPerPeer }),
  ),
  limit(
    "max-waiting-length-per-peer N",
    DEFAULT_LIMITS.maxWaitingLengthPerPeer,
    "bytes kept for an absent id",
    LENGTH,
    (maxWaitingLengthPerPeer) => ({ maxWaitingLengthPerPeer }),
  ),
  limit(
    "max-waiting-length N",
    DEFAULT_LIMITS.maxWaitingLength,
    "bytes kept for all absent ids",
    LENGTH,
    (maxWaitingLength) => ({ maxWaitingLength }),
  ),
  limit(
    "unknown-peer-ms MS",
    DEFAULT_LIMITS.unknownPeerMs,
    "that a message waits for an id which was not here lately",
    WAIT_MS,
    (unknownPeerMs) => ({ unknownPeerMs }),
  ),
  limit(
    "departed-peer-ms MS",
    DEFAULT_LIMITS.departedPeerMs,
    "that a message waits for an id which has just gone",
    WAIT_MS,
    (departedPeerMs) => ({ departedPeerMs }),
  ),
];

function limit(
  flag: string,
  fallback: number,
  help: string,
  [min, max]: readonly [number, number],
  toSettings: (value: number) => Partial<Settings>,
): CommandOption {
  const [name = "", value = ""] = flag.split(" ");
  const read = (text: string): Partial<Settings> => toSettings(wholeNumber(text, min, max));
  return { name, value, fallback: String(fallback), help, read };
}
