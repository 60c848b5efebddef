import { isObject } from "./json.ts";
import type { Json, JsonObject } from "./json.ts";

/** Data that is no object becomes an empty one, when it is sent and when it is received (O1). */
export function asData(data: Json | undefined): JsonObject {
  return isObject(data) ? data : {};
}

/** The same for `broadcast` and `sendTo`. */
export function messageFrame(data: Json): JsonObject {
  return { d: asData(data), t: "m" };
}

/** @param q counts this node's states from 1, over all receivers */
export function stateFrame(data: Json, q: number): JsonObject {
  return { d: asData(data), q, t: "s" };
}

/** @param ts milliseconds since 1970 */
export function pingFrame(ts: number): JsonObject {
  return { t: "p", ts };
}

/** @param ts whatever the ping said */
export function pongFrame(ts: Json | undefined): JsonObject {
  return { t: "P", ts: ts ?? null };
}

export function rosterFrame(nodes: readonly string[]): JsonObject {
  return { nodes: [...nodes], sys: "roster", t: "y" };
}

export function membershipFrame(sys: "node_joined" | "node_left", nodeId: string): JsonObject {
  return { nodeId, sys, t: "y" };
}

/** A joiner's frame as the host passes it on: whatever it said of its origin is overwritten. */
export function relayedFrame(frame: JsonObject, from: string): JsonObject {
  return { d: null, t: null, ...frame, from };
}
