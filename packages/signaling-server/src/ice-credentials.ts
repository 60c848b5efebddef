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

/**
 * Makes short-lived TURN credentials, which coturn checks without asking anybody
 * (draft-uberti-behave-turn-rest): the user name says when they expire, and the password is its signature.
 * `random` makes each user name its own, so that coturn's quota for a user counts one client.
 */
export function iceServersFor(
  { urls, secret, ttlSeconds = DEFAULT_TTL_SECONDS, stun = [] }: TurnOptions,
  nowMs: number,
  random: string,
): IceConfiguration {
  const username = `${Math.floor(nowMs / 1000) + ttlSeconds}:${random}`;
  const credential = createHmac("sha1", secret).update(username).digest("base64");
  return {
    iceServers: [...(stun.length > 0 ? [{ urls: stun }] : []), { urls, username, credential }],
    ttl: ttlSeconds,
  };
}
