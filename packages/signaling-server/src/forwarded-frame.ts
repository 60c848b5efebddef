import { isPeerId, parseClientEnvelope } from "@clayground/protocol";
import { scanFrame } from "./json-scan.ts";

// As parseClientEnvelope has it. The longest type in use, `CANDIDATE`, has 9 characters.
const MAX_SIGNAL_TYPE_LENGTH = 32;

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
  const scanned = scanFrame(source);
  if (!scanned) {
    const envelope = parseClientEnvelope(source.toString());
    return envelope && { type: envelope.type, dst: envelope.dst, payload: { value: envelope.payload } };
  }
  const { type, dst } = scanned;
  if (type === "" || type.length > MAX_SIGNAL_TYPE_LENGTH || (dst !== undefined && !isPeerId(dst))) return undefined;
  return { type, dst, payload: scanned };
}

/** What another client gets of a frame; `src` is always the sender's id. */
export function forwardedFrame(source: Buffer, { type, dst = "", payload }: ClientFrame, src: string): Outgoing {
  if ("value" in payload) return JSON.stringify({ type, src, dst, payload: payload.value });
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
