/**
 * What passes through data channels: one JSON object a frame, told apart by `t` (SPEC.md, F1 to F33).
 * Existing Clayground apps send such objects one by one, as UTF-8; nodes of this library send packets of them.
 */
import { asObject, isDeeper, isSequence, parseJson } from "./json.ts";
import type { Body } from "./body.ts";
import { MAX_DEPTH, MAX_FRAME_BYTES, MAX_ID_LENGTH, MAX_ROSTER_LENGTH } from "./limits.ts";
import type { Packet } from "./packet.ts";
import { isPeerId } from "./peer-server.ts";
import { parsePayload, parseReason } from "./signal-payloads.ts";
import type { NegotiationSignal } from "./signal-payloads.ts";

/** Any value that JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Reliable messages of one node, one after the other (F4). */
export interface MessageFrame {
  readonly t: "m";
  readonly body: Body;
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
  readonly body: Body;
  /** Counts up from 1 with each update of one origin. */
  readonly q?: number;
  /** Only updates of the same key replace each other (F28). */
  readonly k?: string;
  readonly from?: string;
}

/** Paces states (F29): the number of this packet on the lossy channel, and the newest one that came from the other side. */
export interface PaceFrame {
  readonly t: "e";
  readonly i?: number;
  readonly e?: number;
}

/** A part of a transfer, or its end before time (F30). */
export interface FragmentFrame {
  readonly t: "f";
  /** The sender's number of the transfer. */
  readonly id: number;
  /** In the first one: how many bytes it has in all. */
  readonly z?: number;
  /** In the first one: it goes to all nodes. */
  readonly all?: true;
  /** The sender gives it up. */
  readonly x?: number;
  /** The sender wants a receipt now. */
  readonly w?: number;
  readonly bytes: Uint8Array;
  readonly n?: number;
  readonly from?: string;
  readonly to?: string;
}

/** How far a transfer came, or why it is not taken (F31). */
export interface ReceiptFrame {
  readonly t: "k";
  readonly id: number;
  /** Bytes received. */
  readonly a?: number;
  /** Refused: `large` (with the limit in `a`), `busy` for now, `no`. */
  readonly r?: string;
  readonly n?: number;
  readonly from?: string;
  readonly to?: string;
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
      /** Those that read JSON alone (F33). */
      readonly plain?: readonly string[];
      readonly n?: number;
    }
  | {
      readonly t: "y";
      readonly sys: "node_joined";
      readonly nodeId: string;
      readonly mesh?: true;
      readonly plain?: true;
      readonly n?: number;
    }
  | { readonly t: "y"; readonly sys: "node_left"; readonly nodeId: string; readonly n?: number }
  | { readonly t: "y"; readonly sys: "bye"; readonly n?: number };

/** A packet of one node for another one, which the host passes on unread: `v` reliable, `w` lossy (F19). */
export interface MailFrame {
  readonly t: "v" | "w";
  readonly mail: Packet;
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
  | SignalFrame
  | PaceFrame
  | FragmentFrame
  | ReceiptFrame;

/** A frame with what it takes of its packet, in UTF-16 units and bytes. */
export type SizedFrame = Frame & { readonly size: number };

/** The frames of a packet (F16, F26); `undefined` stands for each that is none, however it is broken. Never throws. */
export function parseFrames({ text, bytes }: Packet): (SizedFrame | undefined)[] {
  if (text.length + (bytes?.length ?? 0) > MAX_FRAME_BYTES) return [undefined];
  const [first = "", ...lines] = text.split("\n");
  // Depth is measured frame by frame.
  const value = parseJson(first, Infinity)?.value;
  const heads: unknown[] = Array.isArray(value) ? value : [value];
  // Each level takes an opening and a closing bracket, so short texts need no look.
  const isDeep = first.length > 2 * MAX_DEPTH;
  const isLong = first.length > LONG_HEAD * heads.length;
  const rest = new Rest(lines, bytes);
  const frames = heads.map((head) => {
    const frame = checkFrame(head, isDeep, rest);
    if (frame) frame.size = rest.took() + (isLong ? JSON.stringify(head).length : first.length / heads.length);
    return frame as SizedFrame | undefined;
  });
  // An empty one is broken, too: nobody may keep a link busy at no cost. So is what belongs to no frame.
  if (heads.length === 0 || !rest.isEmpty) frames.push(undefined);
  return frames;
}

/** A frame's head is longer than this only if its data is inside, in UTF-16 units; then each is measured by itself. */
const LONG_HEAD = 256;

/** The lines and bytes of a packet that no frame has taken yet. */
class Rest {
  readonly #lines: readonly string[];
  readonly #bytes: Uint8Array;
  #line = 0;
  #byte = 0;
  #took = 0;

  constructor(lines: readonly string[], bytes: Uint8Array = new Uint8Array()) {
    this.#lines = lines;
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#line === this.#lines.length && this.#byte === this.#bytes.length;
  }

  /** What was taken since the last time. */
  took(): number {
    const took = this.#took;
    this.#took = 0;
    return took;
  }

  /** So many lines as one text, or `undefined` when there are not so many. */
  text(lines: number): string | undefined {
    const end = this.#line + lines;
    if (end > this.#lines.length) return undefined;
    const text = lines === 1 ? this.#lines[this.#line]! : this.#lines.slice(this.#line, end).join("\n");
    this.#line = end;
    this.#took += text.length + 1;
    return text;
  }

  bytes(length: number): Uint8Array | undefined {
    const end = this.#byte + length;
    if (end > this.#bytes.length) return undefined;
    const bytes = this.#bytes.subarray(this.#byte, end);
    this.#byte = end;
    this.#took += length;
    return bytes;
  }
}

type OpenFrame = Record<string, unknown>;

function checkFrame(value: unknown, isDeep: boolean, rest: Rest): OpenFrame | undefined {
  const frame: OpenFrame | undefined = asObject(value);
  // A number or an id that is there must be a right one; it is never repaired.
  if (!frame || !NUMBERS.every((name) => isNumber(frame[name])) || !(frame.b === undefined || isAck(frame.b)))
    return undefined;
  // Also what is broken, or unknown here, takes what belongs to it: the others have their own.
  const { t, b, c, x = 0 } = frame;
  const text = c !== undefined ? rest.text(1) : t === "v" || t === "w" ? rest.text(x as number) : "";
  const bytes = b === undefined ? undefined : rest.bytes(b as number);
  if (text === undefined || (b !== undefined && !bytes) || !isId(frame.from) || !isId(frame.to)) return undefined;
  if (isDeep && isDeeper(frame, MAX_DEPTH)) return undefined;
  return isFrame(frame, text, bytes) ? frame : undefined;
}

const NUMBERS = ["n", "q", "c", "x", "i", "e", "z", "w"];

/** Whether the object is a frame; what may be missing is filled in, in place: a frame is read once for each message. */
function isFrame(frame: OpenFrame, text: string, bytes: Uint8Array | undefined): boolean {
  const { a, sys, nodes, ts, r, id } = frame;
  switch (frame.t) {
    case "m":
    case "s":
      return (frame.k === undefined || isKey(frame.k)) && !!(frame.body = toBody(frame, text, bytes));
    case "p":
    case "P":
      // A time stamp is echoed untouched (F8), but nobody needs to have an object carried back to him.
      if (typeof ts !== "number" && (typeof ts !== "string" || ts.length > 64)) frame.ts = null;
      if (!isAck(a)) delete frame.a;
      return true;
    case "a":
      return isAck(a);
    case "e":
      return true;
    case "f":
      frame.bytes = bytes ?? new Uint8Array();
      return isSequence(id);
    case "k":
      return isSequence(id) && (isAck(a) || a === undefined) && (r === undefined || typeof r === "string");
    case "y":
      if (sys === "roster") {
        const { mesh = [], plain = [] } = frame;
        return [nodes, mesh, plain].every(isRoster);
      }
      return sys === "bye" || ((sys === "node_joined" || sys === "node_left") && isPeerId(frame.nodeId));
    case "v":
    case "w":
      frame.mail = { text, bytes };
      return text !== "";
    case "g":
      frame.payload = parsePayload(frame.type, frame.payload);
      return !!frame.payload && frame.type !== "REJECT";
    case "R":
      frame.r = parseReason(r);
      return r === "" || !!frame.r;
  }
  return false;
}

/** In the frame itself, or in the next line. */
function toBody({ c, r, d = null }: OpenFrame, json: string, bytes: Uint8Array | undefined): Body | undefined {
  // Bytes belong to one message, in a line.
  if (bytes && (c !== 1 || r !== undefined)) return undefined;
  if (c === undefined) return { count: 1, json: "", list: [d] };
  return { count: c as number, json, bytes, isRows: r === 1 };
}

function isKey(value: unknown): boolean {
  return typeof value === "string" && value.length <= MAX_ID_LENGTH;
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

/** A message's frame for existing apps, around data that is JSON text already. */
export function plainMessage(head: string, json: string): string {
  return `{${head.slice(1)},"d":${json}}`;
}

/** A frame that is all in its head. */
export function encodeFrame(frame: Exclude<Frame, MessageFrame | StateFrame | MailFrame | FragmentFrame>): string {
  return JSON.stringify(frame);
}

/** Members of a frame's head as JSON, each after a comma; what is undefined is left out. */
export function keys(members: Readonly<Record<string, string | number | true | undefined>>): string {
  let text = "";
  for (const [name, value] of Object.entries(members))
    if (value !== undefined) text += `,"${name}":${JSON.stringify(value)}`;
  return text;
}
