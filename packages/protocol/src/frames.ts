/**
 * What passes through data channels: one JSON object a frame, told apart by `t` (SPEC.md, F1 to F16).
 * Existing Clayground apps send the same objects as UTF-8 bytes; nodes of this library send text.
 */
import { asObject, isSequence, parseJson } from "./json.ts";
import { MAX_DEPTH, MAX_FRAME_BYTES, MAX_ROSTER_LENGTH } from "./limits.ts";
import { isPeerId } from "./peer-server.ts";
import { parseReason } from "./signal-payloads.ts";

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

/** Reads one frame; `undefined` for whatever is not one, however it is broken. Never throws. */
export function parseFrame(text: string): Frame | undefined {
  return text.length > MAX_FRAME_BYTES ? undefined : checkFrame(parseJson(text)?.value);
}

/** Reads one frame or a batch of them (F16); `undefined` stands for each that is none. Never throws. */
export function parseFrames(text: string): (Frame | undefined)[] {
  if (text[0] !== "[") return [parseFrame(text)];
  const list = text.length > MAX_FRAME_BYTES ? undefined : parseJson(text, MAX_DEPTH + 1)?.value;
  // An empty one is broken, too: nobody may keep a link busy at no cost.
  return Array.isArray(list) && list.length > 0 ? list.map(checkFrame) : [undefined];
}

/** Frames as one data-channel message (F16). */
export function joinFrames(frames: readonly string[]): string {
  return frames.length === 1 ? frames[0]! : `[${frames.join()}]`;
}

function checkFrame(value: unknown): Frame | undefined {
  const frame = asObject(value);
  // A number or an id that is there must be a right one; it is never repaired.
  if (!frame || ![frame.n, frame.q].every(isNumber) || ![frame.from, frame.to].every(isId)) return undefined;
  return isFrame(frame) ? (frame as unknown as Frame) : undefined;
}

/** Whether the object is a frame; what may be missing is filled in, in place: a frame is read once for each message. */
function isFrame(frame: Record<string, unknown>): boolean {
  const { a, sys, nodes, ts, r } = frame;
  switch (frame.t) {
    case "m":
    case "s":
      frame.d ??= null;
      return true;
    case "p":
    case "P":
      // A time stamp is echoed untouched (F8), but nobody needs to have an object carried back to him.
      if (typeof ts !== "number" && (typeof ts !== "string" || ts.length > 64)) frame.ts = null;
      if (!isAck(a)) delete frame.a;
      return true;
    case "a":
      return isAck(a);
    case "y":
      if (sys === "roster") return Array.isArray(nodes) && nodes.length <= MAX_ROSTER_LENGTH && nodes.every(isPeerId);
      return sys === "bye" || ((sys === "node_joined" || sys === "node_left") && isPeerId(frame.nodeId));
    case "R":
      frame.r = parseReason(r);
      return r === "" || !!frame.r;
  }
  return false;
}

function isNumber(value: unknown): boolean {
  return value === undefined || isSequence(value);
}

function isId(value: unknown): boolean {
  return value === undefined || isPeerId(value);
}

function isAck(value: unknown): boolean {
  return value === 0 || isSequence(value);
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
