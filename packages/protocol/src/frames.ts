/**
 * What passes through data channels: one JSON object a frame, told apart by `t` (SPEC.md, F1 to F25).
 * Existing Clayground apps send the same objects as UTF-8 bytes; nodes of this library send text.
 */
import { asObject, isDeeper, isSequence, parseJson } from "./json.ts";
import { MAX_DEPTH, MAX_FRAME_BYTES, MAX_ROSTER_LENGTH } from "./limits.ts";
import { isPeerId } from "./peer-server.ts";
import { parsePayload, parseReason } from "./signal-payloads.ts";
import type { NegotiationSignal } from "./signal-payloads.ts";

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

/** Who is in, and who leaves (F9, F12); in a mesh also who takes part in it (F18). */
export type RosterFrame =
  | {
      readonly t: "y";
      readonly sys: "roster";
      readonly nodes: readonly string[];
      /** It is a mesh, and these nodes connect to each other. */
      readonly mesh?: readonly string[];
      readonly n?: number;
    }
  | { readonly t: "y"; readonly sys: "node_joined"; readonly nodeId: string; readonly mesh?: true; readonly n?: number }
  | { readonly t: "y"; readonly sys: "node_left"; readonly nodeId: string; readonly n?: number }
  | { readonly t: "y"; readonly sys: "bye"; readonly n?: number };

/** Frames of one node for another one, which the host passes on unread: `v` reliable, `w` lossy (F19). */
export interface MailFrame {
  readonly t: "v" | "w";
  /** The frames; see `readFrames`. */
  readonly f: readonly unknown[];
  readonly n?: number;
  /** Towards the host: whom it is for. */
  readonly to?: string;
  /** From the host: who sent it. */
  readonly from?: string;
}

/** Signaling inside of mail (F20). */
export type SignalFrame = { readonly t: "g" } & NegotiationSignal;

/** A refusal inside the channel, as existing browser hosts send it (F13). */
export interface RefuseFrame {
  readonly t: "R";
  readonly r: string;
}

/** Every frame that is understood. */
export type Frame =
  | MessageFrame
  | StateFrame
  | PingFrame
  | AckFrame
  | RosterFrame
  | RefuseFrame
  | MailFrame
  | SignalFrame;

/** Reads one frame; `undefined` for whatever is not one, however it is broken. Never throws. */
export function parseFrame(text: string): Frame | undefined {
  return checkFrame(parse(text), isLong(text));
}

/** Reads one frame or a batch of them (F16); `undefined` stands for each that is none. Never throws. */
export function parseFrames(text: string): (Frame | undefined)[] {
  const value = parse(text);
  return Array.isArray(value) ? readFrames(value, isLong(text)) : [checkFrame(value, isLong(text))];
}

/**
 * Reads the frames of a batch, or of mail (F19), whose own depth was measured with it.
 *
 * @param isDeep whether they may be nested too deep
 */
export function readFrames(list: readonly unknown[], isDeep: boolean = false): (Frame | undefined)[] {
  // An empty one is broken, too: nobody may keep a link busy at no cost.
  return list.length > 0 ? list.map((each) => checkFrame(each, isDeep)) : [undefined];
}

/** Depth is measured frame by frame. */
function parse(text: string): unknown {
  return text.length > MAX_FRAME_BYTES ? undefined : parseJson(text, Infinity)?.value;
}

/** Each level takes an opening and a closing bracket, so short texts need no look. */
function isLong(text: string): boolean {
  return text.length > 2 * MAX_DEPTH;
}

/** Frames as one data-channel message (F16). */
export function joinFrames(frames: readonly string[]): string {
  return frames.length === 1 ? frames[0]! : `[${frames.join()}]`;
}

function checkFrame(value: unknown, isDeep: boolean): Frame | undefined {
  const frame = asObject(value);
  // A number or an id that is there must be a right one; it is never repaired.
  if (!frame || ![frame.n, frame.q].every(isNumber) || ![frame.from, frame.to].every(isId)) return undefined;
  if (!isFrame(frame) || (isDeep && isDeeper(frame, frame.t === "v" || frame.t === "w" ? MAX_MAIL_DEPTH : MAX_DEPTH)))
    return undefined;
  return frame as unknown as Frame;
}

/** Mail and its list are levels around whole frames. */
const MAX_MAIL_DEPTH = MAX_DEPTH + 2;

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
      if (sys === "roster") return isRoster(nodes) && (frame.mesh === undefined || isRoster(frame.mesh));
      return sys === "bye" || ((sys === "node_joined" || sys === "node_left") && isPeerId(frame.nodeId));
    case "v":
    case "w":
      return Array.isArray(frame.f);
    case "g":
      frame.payload = parsePayload(frame.type, frame.payload);
      return !!frame.payload && frame.type !== "REJECT";
    case "R":
      frame.r = parseReason(r);
      return r === "" || !!frame.r;
  }
  return false;
}

function isRoster(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MAX_ROSTER_LENGTH && value.every(isPeerId);
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

/** The frame of mail around frames that are JSON text already: one, or a batch (F19). */
export function mailFrame(t: MailFrame["t"], frames: string, from?: string, to?: string): string {
  return `{"t":"${t}"${key("from", from)}${key("to", to)},"f":${frames[0] === "[" ? frames : `[${frames}]`}}`;
}

/** Any other frame. */
export function encodeFrame(frame: Exclude<Frame, MessageFrame | StateFrame | MailFrame>): string {
  return JSON.stringify(frame);
}

/** The same frame with its number in the stream. */
export function numbered(frame: string, n: number): string {
  return `{"n":${n},${frame.slice(1)}`;
}

function key(name: string, value: string | number | undefined): string {
  return value === undefined ? "" : `,"${name}":${JSON.stringify(value)}`;
}
