import { MAX_SIGNAL_LENGTH, MAX_SIGNAL_TYPE_LENGTH, isPeerId, parseClientEnvelope } from "@clayground/protocol";
import { scanFrame } from "./json-scan.ts";

// Parsing 16 KiB takes up to 3 ms, in which nobody else is served. What apps send is scanned.
const MAX_PARSED_BYTES = 16 * 1024;

/** A frame for a client: a text, or one whose payload is still where another client's frame has it. */
export type Outgoing = string | ForwardedFrame;

/** The text `head`, which is ASCII, then the bytes of `source` from `start` to `end`, then `}`. */
export interface ForwardedFrame {
  readonly head: string;
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A client's frame, checked. */
export interface ClientFrame {
  readonly type: string;
  readonly dst: string | undefined;
  /** Its payload: a range of its bytes where these can be passed on as they are, else a value. */
  readonly payload: { readonly start: number; readonly end: number } | { readonly value: unknown };
}

/** Reads a client's frame, as SPEC.md S4 and S14 say; `undefined` when it is malformed or over a limit. */
export function readClientFrame(source: Buffer): ClientFrame | undefined {
  const scanned = scanClientFrame(source);
  return scanned === "unsure" ? parseClientFrame(source) : scanned;
}

/** As {@link readClientFrame}, in little time: "unsure" when it has to be parsed. */
export function scanClientFrame(source: Buffer): ClientFrame | "unsure" | undefined {
  const scanned = scanFrame(source);
  if (!scanned) return "unsure";
  const { type, dst } = scanned;
  if (type === "" || type.length > MAX_SIGNAL_TYPE_LENGTH || (dst !== undefined && !isPeerId(dst))) return undefined;
  return { type, dst, payload: scanned };
}

/** As {@link readClientFrame}, for one that takes up to twenty times as long; `undefined` for a long one, too. */
export function parseClientFrame(source: Buffer): ClientFrame | undefined {
  const envelope = source.length > MAX_PARSED_BYTES ? undefined : parseClientEnvelope(source.toString());
  return envelope && { type: envelope.type, dst: envelope.dst, payload: { value: envelope.payload } };
}

/**
 * What another client gets of a frame; `src` is always the sender's id. `undefined` when it is too long now: written
 * anew, `1e20` has 21 characters.
 */
export function forwardedFrame(
  source: Buffer,
  { type, dst = "", payload }: ClientFrame,
  src: string,
): Outgoing | undefined {
  if ("value" in payload) {
    const text = JSON.stringify({ type, src, dst, payload: payload.value });
    return Buffer.byteLength(text) > MAX_SIGNAL_LENGTH ? undefined : text;
  }
  const { start, end } = payload;
  // Neither ids nor types that were scanned have anything to escape; quotes and backslashes do not pass.
  const head = `{"type":"${type}","src":"${src}","dst":"${dst}"`;
  return end === 0 ? `${head}}` : { head: `${head},"payload":`, source, start, end };
}

/** The frame as a text. */
export function outgoingText(frame: Outgoing): string {
  if (typeof frame === "string") return frame;
  return `${frame.head}${frame.source.toString("utf8", frame.start, frame.end)}}`;
}
