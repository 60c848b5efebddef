import { createHmac } from "node:crypto";
import type { TurnOptions } from "./options.ts";

/** What `new RTCPeerConnection({ iceServers })` takes, and for how long it is good. */
export interface IceConfiguration {
  readonly iceServers: readonly {
    readonly urls: readonly string[];
    readonly username?: string;
    readonly credential?: string;
  }[];
  /** Seconds from now. */
  readonly ttl: number;
}

/** Eight hours: longer than an evening of games, too short to be worth selling. */
const DEFAULT_TTL_SECONDS = 28_800;

/** User names of an address in the life of one: with eight hours, a new one every 576 s. */
const STEPS = 50;
const NAME_LENGTH = 12;

/**
 * Makes short-lived TURN credentials, which coturn checks without asking anybody
 * (draft-uberti-behave-turn-rest): the user name says when they expire, and the password is its signature.
 * `address` makes a user name of each address, which changes only every tenth of an hour or so: coturn's quota for a user
 * holds for all credentials that one address asks for.
 */
export function iceServersFor(
  { urls, secret, ttlSeconds = DEFAULT_TTL_SECONDS, stun = [] }: TurnOptions,
  nowMs: number,
  address: string,
): IceConfiguration {
  const step = Math.max(1, Math.floor(ttlSeconds / STEPS));
  const expiry = Math.ceil((Math.floor(nowMs / 1000) + ttlSeconds) / step) * step;
  // coturn's log has user names: no addresses in them.
  const name = createHmac("sha256", secret).update(`address ${address}`).digest("base64url").slice(0, NAME_LENGTH);
  const username = `${expiry}:${name}`;
  const credential = createHmac("sha1", secret).update(username).digest("base64");
  return {
    iceServers: [...(stun.length > 0 ? [{ urls: stun }] : []), { urls, username, credential }],
    ttl: ttlSeconds,
  };
}
