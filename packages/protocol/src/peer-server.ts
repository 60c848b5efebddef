import { asObject, parseJson, type JsonObject } from "./json.ts";
import { MAX_ID_LENGTH, MAX_SIGNAL_LENGTH, MAX_SIGNAL_TYPE_LENGTH } from "./limits.ts";
import { parsePayload, parseReason, type NegotiationSignal, type RejectPayload } from "./signal-payloads.ts";

/** What one node tells another through the server. */
export type PeerSignal =
  | NegotiationSignal
  | { readonly type: "REJECT"; readonly payload: RejectPayload }
  | { readonly type: "LEAVE" };

/** What a client sends to the signaling server. */
export type ClientSignal = { readonly type: "HEARTBEAT" } | (PeerSignal & { readonly dst: string });

/** What a signaling server sends to a client. `src` is the node that it came from, as the server vouches. */
export type ServerSignal =
  | { readonly type: "OPEN" | "ID-TAKEN" | "INVALID-KEY" | "HEARTBEAT" }
  | { readonly type: "ERROR"; readonly message: string }
  /** A message for `src` could not be delivered. */
  | { readonly type: "EXPIRE"; readonly src: string }
  | (PeerSignal & { readonly src: string });

/** What a server reads of a client's frame; the payload is not its business. */
export interface ClientEnvelope {
  readonly type: string;
  readonly dst?: string;
  readonly payload?: unknown;
}

// PeerJS's rule for ids, less strict about what stands inside. It keeps out `__proto__`.
const PEER_ID = /^[A-Za-z0-9](?:[A-Za-z0-9 _-]*[A-Za-z0-9])?$/;

/** Whether the value can be the id of a node: 1 to 64 letters, digits, and between them also `-`, `_` and spaces. */
export function isPeerId(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_ID_LENGTH && PEER_ID.test(value);
}

/** Writes a client's frame. */
export function encodeSignal(signal: ClientSignal): string {
  return JSON.stringify(signal);
}

/** Reads a frame from a signaling server; `undefined` when it is malformed, over a limit, or of an unknown type. */
export function parseServerSignal(text: unknown): ServerSignal | undefined {
  const frame = parseFrame(text);
  const type = frame?.type;
  if (isServersWord(type)) return { type };
  if (type === "ERROR") return { type, message: parseReason(asObject(frame?.payload)?.msg) };
  const src = frame?.src;
  if (!isPeerId(src)) return undefined;
  if (type === "EXPIRE" || type === "LEAVE") return { type, src };
  const payload = parsePayload(type, frame?.payload);
  // Type and parser belong together, which TypeScript cannot see for a computed key.
  return payload ? ({ type, src, payload } as ServerSignal) : undefined;
}

/** Reads a client's frame for a server; `undefined` when it is malformed or over a limit. */
export function parseClientEnvelope(text: unknown): ClientEnvelope | undefined {
  const frame = parseFrame(text);
  const type = frame?.type;
  if (frame === undefined || typeof type !== "string" || type === "" || type.length > MAX_SIGNAL_TYPE_LENGTH)
    return undefined;
  const { dst, payload } = frame;
  if (dst === undefined) return { type, payload };
  return isPeerId(dst) ? { type, dst, payload } : undefined;
}

function parseFrame(text: unknown): JsonObject | undefined {
  return typeof text === "string" && text.length <= MAX_SIGNAL_LENGTH ? asObject(parseJson(text)?.value) : undefined;
}

function isServersWord(type: unknown): type is "OPEN" | "ID-TAKEN" | "INVALID-KEY" | "HEARTBEAT" {
  return typeof type === "string" && /^(?:OPEN|ID-TAKEN|INVALID-KEY|HEARTBEAT)$/.test(type);
}
