import { MAX_ID_LENGTH } from "@clayground/protocol";
import { DEFAULT_LIMITS, type RealmLimits } from "./limits.ts";
import type { SignalingServerOptions } from "./options.ts";

const NUMBERS = [
  "maxPayload",
  "maxBacklog",
  "pingIntervalMs",
  "handshakeMs",
  "connectionsPerSecond",
  "connectionBurst",
  ...(Object.keys(DEFAULT_LIMITS) as (keyof typeof DEFAULT_LIMITS)[]),
] as const;
// A timer takes no more.
const MAX_MS = 2_147_483_647;
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/(?:\*\.)?[^*/\s]+$/i;

/** Throws a `TypeError` that names the first option that cannot be meant. */
export function checkOptions(options: SignalingServerOptions): void {
  for (const name of NUMBERS) {
    const value = options[name as keyof SignalingServerOptions];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value > 0)) throw wrong(name, "a number above 0", value);
    if (name.endsWith("Ms") && value > MAX_MS) throw wrong(name, `at most ${MAX_MS} ms`, value);
  }
  const { allowedOrigins = [], maxIdLength = MAX_ID_LENGTH, trustProxy = 0, turn } = options;
  if (maxIdLength > MAX_ID_LENGTH) throw wrong("maxIdLength", `at most ${MAX_ID_LENGTH}`, maxIdLength);
  if (typeof trustProxy !== "boolean" && !(Number.isInteger(trustProxy) && trustProxy >= 0)) {
    throw wrong("trustProxy", "how many proxies are in front", trustProxy);
  }
  for (const origin of allowedOrigins) {
    if (origin !== "null" && !ORIGIN.test(origin)) {
      throw wrong("allowedOrigins", 'origins such as "https://game.example" or "https://*.example.com"', origin);
    }
  }
  if (options.onRequest && options.server) {
    throw new TypeError(
      "onRequest is for a server of its own: give the requests of `server` to handleRequest yourself",
    );
  }
  if (turn && (turn.urls.length === 0 || !turn.urls.every((url) => /^turns?:\S+$/.test(url)))) {
    throw wrong("turn.urls", 'URLs such as "turn:turn.example.com:3478"', turn.urls.join(", "));
  }
  // What came from an environment variable may be missing, whatever its type says.
  const { secret = "", ttlSeconds = 1 } = turn ?? { secret: "-" };
  if (typeof secret !== "string" || secret === "") throw new TypeError("turn.secret must not be empty");
  if (!(Number.isInteger(ttlSeconds) && ttlSeconds > 0)) throw wrong("turn.ttlSeconds", "whole seconds", ttlSeconds);
}

/** The limits of a realm, with the defaults for what is left out or undefined. */
export function limitsOf(options: SignalingServerOptions): RealmLimits {
  const limits: Record<string, unknown> = { ...DEFAULT_LIMITS };
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof RealmLimits)[]) limits[name] = options[name] ?? limits[name];
  return { ...(limits as unknown as RealmLimits), idPattern: options.idPattern };
}

function wrong(name: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${wanted}, not ${String(value).slice(0, 100)}`);
}
