/**
 * What passes through data channels: one JSON object a frame, told apart by `t` (SPEC.md, F1 to F20).
 * Existing Clayground apps send the same objects as UTF-8 bytes; nodes of this library send text.
 */
import { asObject, parseJson } from "./json.ts";
import { MAX_FRAME_BYTES, MAX_REASON_LENGTH, MAX_ROSTER_LENGTH } from "./limits.ts";
import { isPeerId } from "./peer-server.ts";

/** Any value that JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A reliable message (F4). */
export interface MessageFrame {
  readonly t: "m";
  readonly d: Json;
  /** Its number in the stream of this link (F10). */
  readonly n?: number;
  /** The node that sent it first; only a host's word counts (F6). */
  readonly from?: string;
  /** The only node it is for; without it, all (F7). */
  readonly to?: string;
}

/** A state update (F5). */
export interface StateFrame {
  readonly t: "s";
  readonly d: Json;
  /** Counts up from 1 with each update of one origin. */
  readonly q?: number;
  readonly from?: string;
}

/** A ping or its answer (F8); `a` acknowledges the stream (F11). */
export type PingFrame =
  | { readonly t: "p"; readonly ts: Json; readonly a?: number }
  | { readonly t: "P"; readonly ts: Json; readonly a?: number };

/** An acknowledgment by itself (F11). */
export interface AckFrame {
  readonly t: "a";
  readonly a: number;
}

/** Who is in, and who leaves (F9, F12). */
export type RosterFrame =
  | { readonly t: "y"; readonly sys: "roster"; readonly nodes: readonly string[]; readonly n?: number }
  | { readonly t: "y"; readonly sys: "node_joined" | "node_left"; readonly nodeId: string; readonly n?: number }
  | { readonly t: "y"; readonly sys: "bye"; readonly n?: number };

/** A refusal inside the channel, as existing browser hosts send it (F13). */
export interface RefuseFrame {
  readonly t: "R";
  readonly r: string;
}

/** Every frame that is understood. */
export type Frame = MessageFrame | StateFrame | PingFrame | AckFrame | RosterFrame | RefuseFrame;

/** Whether a value can be a sequence number: a whole number from 1 that a double holds exactly (F3). */
export function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** Reads one frame; `undefined` for whatever is not one, however it is broken. Never throws. */
export function parseFrame(text: string): Frame | undefined {
  if (text.length > MAX_FRAME_BYTES) return undefined;
  const frame = asObject(parseJson(text)?.value) as Readonly<Record<string, Json>> | undefined;
  if (!frame) return undefined;
  const { t, d = null, n, q, from, to, a, sys, nodes, nodeId, r } = frame;
  // A number or an id that is there must be a right one; it is never repaired.
  if (n !== undefined && !isSequence(n)) return undefined;
  if (from !== undefined && !isPeerId(from)) return undefined;
  const number = n === undefined ? undefined : { n };
  const origin = from === undefined ? undefined : { from };
  switch (t) {
    case "m":
      if (to !== undefined && !isPeerId(to)) return undefined;
      return { t, d, ...number, ...origin, ...(to === undefined ? undefined : { to }) };
    case "s":
      if (q !== undefined && !isSequence(q)) return undefined;
      return { t, d, ...(q === undefined ? undefined : { q }), ...origin };
    case "p":
    case "P":
      return isAck(a) ? { t, ts: scalar(frame["ts"]), a } : { t, ts: scalar(frame["ts"]) };
    case "a":
      return isAck(a) ? { t, a } : undefined;
    case "y":
      if (sys === "bye") return { t, sys, ...number };
      if (sys === "roster" && Array.isArray(nodes) && nodes.length <= MAX_ROSTER_LENGTH && nodes.every(isPeerId))
        return { t, sys, nodes, ...number };
      if ((sys === "node_joined" || sys === "node_left") && isPeerId(nodeId)) return { t, sys, nodeId, ...number };
      return undefined;
    case "R":
      return typeof r === "string" ? { t, r: r.slice(0, MAX_REASON_LENGTH) } : undefined;
    default:
      return undefined;
  }
}

function isAck(value: unknown): value is number {
  return value === 0 || isSequence(value);
}

/** A time stamp is echoed untouched (F8), but nobody needs to have an object carried back to him. */
function scalar(value: Json | undefined): Json {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.length <= 64 ? value : null;
}

/** A reliable message's frame around data that is JSON text already. */
export function messageFrame(json: string, from?: string, to?: string): string {
  return `{"t":"m"${key("from", from)}${key("to", to)},"d":${json}}`;
}

/** A state update's frame around data that is JSON text already. */
export function stateFrame(json: string, q?: number, from?: string): string {
  return `{"t":"s"${key("from", from)}${key("q", q)},"d":${json}}`;
}

/** Any other frame. */
export function encodeFrame(frame: Exclude<Frame, MessageFrame | StateFrame>): string {
  return JSON.stringify(frame);
}

/** The same frame with its number in the stream. */
export function numbered(frame: string, n: number): string {
  return `{"n":${n},${frame.slice(1)}`;
}

function key(name: string, value: string | number | undefined): string {
  return value === undefined ? "" : `,"${name}":${JSON.stringify(value)}`;
}
