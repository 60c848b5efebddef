import { bytesTypeOf, joinBytes, MAX_DEPTH, MAX_FRAME_BYTES } from "@clayground/protocol";
import type { Body, BytesEntry } from "@clayground/protocol";
import { NetworkError } from "../errors.ts";

/** What the head of a frame takes at the most: two ids and a key of 64 characters, and numbers. */
export const HEAD_SIZE: number = 512;

/** What is left for data in a frame of its own. */
export const MAX_DATA_BYTES: number = MAX_FRAME_BYTES - HEAD_SIZE;

/** Longer data, in UTF-16 units and bytes, goes as a transfer, beside the ordered stream (SPEC.md, F30). */
export const MAX_INLINE: number = 64 * 1024;

/** The frame around data is a level of its own. */
const MAX_LEVELS = MAX_DEPTH - 1;

/** The application's data as it is sent. */
export interface Payload {
  /** As JSON; with bytes the pair of it and their table. */
  readonly json: string;
  /** The bytes in it, in their order: copies, and blobs, which never change. */
  readonly bytes?: readonly (Uint8Array | Blob)[];
  /** UTF-16 units and bytes. */
  readonly size: number;
}

/**
 * Throws `invalid-data` and `message-too-large`.
 *
 * @param limit in bytes
 */
export function encodePayload(data: unknown, limit: number = MAX_DATA_BYTES): Payload {
  let json: string | undefined;
  let table: BytesEntry[] | undefined;
  let bytes: (Uint8Array | Blob)[] | undefined;
  try {
    const found = look(data, MAX_LEVELS);
    if (found === "nothing") json = JSON.stringify(data);
    else [json, table, bytes] = takeOut(data);
    // Only now: what goes round in circles could not be written.
    if (found === "depth") json = undefined;
  } catch (error) {
    throw invalid(String(error), error);
  }
  if (json === undefined) throw invalid(typeof data === "object" ? `over ${MAX_LEVELS} levels deep` : typeof data);
  if (bytes) json = `[${json},${JSON.stringify(table)}]`;
  const size = json.length + (bytes ?? []).reduce((sum, part) => sum + sizeOf(part), 0);
  // Counted only where it can matter: UTF-8 takes at most 3 bytes for each UTF-16 unit.
  const real = json.length * 2 + size > limit ? size - json.length + byteLength(json) : 0;
  if (real > limit) throw new NetworkError("message-too-large", `${real} bytes`, { limit });
  return bytes ? { json, bytes, size } : { json, size };
}

/** Whether what is passed on, with a longer head, is still a message that everybody takes. */
export function fits(text: string, bytes?: Uint8Array): boolean {
  const others = MAX_FRAME_BYTES - HEAD_SIZE - (bytes?.length ?? 0);
  return text.length * 3 <= others || byteLength(text) <= others;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether it has to be a transfer: it is long, or a blob has to be read first. */
export function isBulky({ size, bytes }: Payload, limit: number = MAX_INLINE): boolean {
  return size > limit || !!bytes?.some((part) => part instanceof Blob);
}

/** As the body of a frame of its own; it has no blobs. */
export function toBody({ json, bytes }: Payload): Body {
  return bytes ? { count: 1, json, bytes: joinBytes(bytes as Uint8Array[]) } : { count: 1, json: `[${json}]` };
}

export function sizeOf(part: Uint8Array | Blob): number {
  return part instanceof Blob ? part.size : part.length;
}

/** What keeps a value from being plain JSON, looked for no deeper than so many levels. */
function look(value: unknown, levels: number): "nothing" | "bytes" | "depth" {
  if (typeof value !== "object" || value === null) return "nothing";
  // What makes its own JSON, such as a Date, may make anything.
  if (bytesTypeOf(value) || typeof (value as { toJSON?: unknown }).toJSON === "function") return "bytes";
  if (levels < 1) return "depth";
  let found: ReturnType<typeof look> = "nothing";
  for (const key in value) {
    const inside = look((value as Record<string, unknown>)[key], levels - 1);
    if (inside === "depth") return inside;
    if (inside === "bytes") found = inside;
  }
  return found;
}

/** The data as JSON with `null` in place of bytes, where those belong, and themselves; `undefined` when there are none. */
function takeOut(data: unknown): [json: string | undefined, table?: BytesEntry[], bytes?: (Uint8Array | Blob)[]] {
  const table: BytesEntry[] = [];
  const bytes: (Uint8Array | Blob)[] = [];
  const paths = new Map<unknown, (string | number)[]>();
  const json = JSON.stringify(data, function (this: Record<string, unknown>, key: string, value: unknown): unknown {
    // Node's Buffer makes JSON of itself before it comes here.
    const original = this[key];
    const holder = paths.get(this);
    const path = holder ? [...holder, Array.isArray(this) ? Number(key) : key] : [];
    const type = bytesTypeOf(original);
    if (!type) {
      paths.set(value, path);
      return value;
    }
    const part = original instanceof Blob ? original : copyOf(original as ArrayBufferView | ArrayBuffer);
    bytes.push(part);
    table.push(part instanceof Blob ? [path, type, part.size, part.type] : [path, type, part.length]);
    return null;
  });
  return table.length > 0 ? [json, table, bytes] : [json];
}

/** What the caller does to its bytes afterwards does not change what was sent. */
function copyOf(value: ArrayBufferView | ArrayBuffer): Uint8Array {
  return value instanceof ArrayBuffer
    ? new Uint8Array(value).slice()
    : new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
}

function invalid(reason: string, cause?: unknown): NetworkError {
  return new NetworkError("invalid-data", reason, { reason }, cause);
}
