import { bytesTypeOf, joinBytes, keys, MAX_DEPTH, MAX_FRAME_BYTES } from "@clayground/protocol";
import type { BytesEntry } from "@clayground/protocol";
import { NetworkError } from "../errors.ts";
import type { Outgoing } from "../transport/reliable-stream.ts";

/** What the head of a frame takes at the most: two ids and a key of 64 characters, and numbers. */
export const HEAD_SIZE: number = 512;

/** What is left for data in a frame of its own. */
const MAX_DATA_BYTES: number = MAX_FRAME_BYTES - HEAD_SIZE;

/** Longer data, in UTF-16 units and bytes, goes as a transfer, beside the ordered stream (SPEC.md, F30). */
export const MAX_INLINE: number = 64 * 1024;

/** The frame around data is a level of its own. */
const MAX_LEVELS = MAX_DEPTH - 1;
const TOO_DEEP = "over 63 levels deep";

/** What the table of bytes, and brackets, may take beside the longest data, in UTF-16 units. */
export const FREE_TABLE: number = 64 * 1024;

/** The application's data as it is sent. */
export interface Payload {
  /** As JSON; with bytes the pair of it and their table; with keys only its values, without brackets. */
  readonly json: string;
  /** The keys of an object: many in a row with the same keys name them once. */
  readonly names: readonly string[] | undefined;
  /** The bytes in it, in their order: copies, and blobs, which never change. */
  readonly bytes: readonly (Uint8Array | Blob)[] | undefined;
  /** UTF-16 units and bytes. */
  readonly size: number;
}

/** A longer object gains nothing by it, in UTF-16 units. */
const MAX_ROW = 4096;

/**
 * Throws `invalid-data` and `message-too-large`.
 *
 * @param limit in bytes
 * @param mayBeRow whether the values of an object may stand without its keys
 */
export function encodePayload(data: unknown, limit: number = MAX_DATA_BYTES, mayBeRow: boolean = false): Payload {
  let json: string | undefined;
  let table: BytesEntry[] | undefined;
  let bytes: (Uint8Array | Blob)[] | undefined;
  let names: readonly string[] | undefined;
  try {
    const found = look(data, MAX_LEVELS);
    if (found === "bytes") [json, table, bytes] = takeOut(data);
    else {
      const row = mayBeRow ? toRow(data) : undefined;
      if (row) [names, json] = row;
      if (!json || json.length > MAX_ROW) [json, names] = [JSON.stringify(data), undefined];
    }
    // Only now: what goes round in circles could not be written.
    if (found === "depth") json = undefined;
  } catch (error) {
    throw invalid(String(error), error);
  }
  if (json === undefined) throw invalid(typeof data === "object" ? TOO_DEEP : typeof data);
  const places = JSON.stringify(table);
  // The table of a few bytes is no part of the data.
  const extra = bytes ? Math.min(places.length + 3, FREE_TABLE) : 0;
  if (bytes) json = `[${json},${places}]`;
  let size = json.length;
  for (const name of names ?? []) size += name.length + 3;
  for (const part of bytes ?? []) size += sizeOf(part);
  // Counted only where it can matter: UTF-8 takes at most 3 bytes for each UTF-16 unit, and JSON 6 units for one of a key.
  const most = names ? 6 * size : json.length * 2 + size;
  if (most > limit) {
    const text = byteLength(names ? JSON.stringify(data) : json);
    const real = bytes ? size - json.length + text - extra : text;
    if (real > limit) throw new NetworkError("message-too-large", `${real} bytes`, { limit });
  }
  return { json, size, names, bytes };
}

/** The data as JSON by itself. */
export function jsonOf({ json, names }: Payload): string {
  if (!names) return json;
  const values = JSON.parse(`[${json}]`) as unknown[];
  return JSON.stringify(Object.fromEntries(names.map((name, i) => [name, values[i]])));
}

/** The keys and values of a plain object all of whose members are in its JSON. */
function toRow(data: unknown): [names: string[], json: string] | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const names = Object.keys(data);
  const values: unknown[] = [];
  for (const name of names) {
    const value = (data as Record<string, unknown>)[name];
    if (value === undefined || typeof value === "function" || typeof value === "symbol" || name === "__proto__")
      return undefined;
    values.push(value);
  }
  return names.length > 0 ? [names, JSON.stringify(values).slice(1, -1)] : undefined;
}

/** Whether it has to be a transfer: it is long, or a blob has to be read first. */
export function isBulky({ size, bytes }: Payload, limit: number = MAX_INLINE): boolean {
  return size > limit || !!bytes?.some((part) => part instanceof Blob);
}

/** A frame of its own, of data without blobs. */
export function toFrame(head: string, payload: Payload): Outgoing {
  const { json } = payload;
  if (!payload.bytes) return { head: head + keys({ c: 1 }), text: `[${jsonOf(payload)}]` };
  const bytes = joinBytes(payload.bytes as Uint8Array[]);
  return { head: head + keys({ c: 1, b: bytes.length }), text: json, bytes };
}

/** Whether what is passed on, with a longer head, is still a message that everybody takes. */
export function fits(text: string, bytes?: Uint8Array): boolean {
  const others = MAX_FRAME_BYTES - HEAD_SIZE - (bytes?.length ?? 0);
  return text.length * 3 <= others || byteLength(text) <= others;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
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
  const take = (path: (string | number)[], type: string, value: unknown): null => {
    const part = value instanceof Blob ? value : copyOf(value as ArrayBufferView | ArrayBuffer);
    bytes.push(part);
    table.push(part instanceof Blob ? [path, type, part.size, part.type] : [path, type, part.length]);
    return null;
  };
  const itself = bytesTypeOf(data);
  if (itself) return [`${take([], itself, data)}`, table, bytes];
  const paths = new Map<unknown, (string | number)[]>();
  const json = JSON.stringify(data, function (this: Record<string, unknown>, key: string, value: unknown): unknown {
    // Node's Buffer makes JSON of itself before it comes here.
    const original = this[key];
    const holder = paths.get(this);
    const path = holder ? [...holder, Array.isArray(this) ? Number(key) : key] : [];
    const found = bytesTypeOf(original) ? original : value;
    const type = bytesTypeOf(found);
    if (type) return take(path, type, found);
    // What toJSON made was not looked at before.
    if (typeof value === "object" && value !== null && path.length >= MAX_LEVELS) throw new RangeError(TOO_DEEP);
    paths.set(value, path);
    return value;
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
