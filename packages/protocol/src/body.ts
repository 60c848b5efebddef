/**
 * The data of a frame, which whoever passes it on does not read (SPEC.md, F27). Bytes stand beside the JSON, in their
 * order, and a table says where they belong.
 */
import { parseJson } from "./json.ts";
import { MAX_DEPTH } from "./limits.ts";
import { ByteReader } from "./packet.ts";

/** Data as it came. */
export interface Body {
  /** How many messages it is said to be. */
  readonly count: number;
  /** A list of them as JSON; with `bytes` one, `[data, table]`; with `isRows` the list of their keys, then all values. */
  readonly json: string;
  /** They are objects with the same keys, which stand there once. */
  readonly isRows?: boolean;
  readonly bytes?: Uint8Array | undefined;
  /** The list itself, where it came in the frame. */
  readonly list?: readonly unknown[];
}

/** Where some bytes belong: the keys that lead there, their type, how many, of a `Blob` also its MIME type. */
export type BytesEntry = readonly [path: readonly (string | number)[], type: string, length: number, mime?: string];

/** Every type of bytes, made from a buffer of its own. All machines are little-endian. */
const TYPES: Record<string, (bytes: ArrayBuffer, mime: string) => unknown> = /* @__PURE__ */ Object.fromEntries([
  ["ArrayBuffer", (bytes: ArrayBuffer) => bytes],
  ["Blob", (bytes: ArrayBuffer, type: string) => new Blob([bytes], { type })],
  ...[
    DataView,
    Uint8Array,
    Int8Array,
    Uint8ClampedArray,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((Type) => [Type.name, (bytes: ArrayBuffer) => new (Type as typeof Uint8Array)(bytes)] as const),
]);

/** The name by which the other side makes it again; `undefined` for what is no bytes. */
export function bytesTypeOf(value: unknown): string | undefined {
  if (ArrayBuffer.isView(value)) {
    const name = Object.prototype.toString.call(value).slice(8, -1);
    return Object.hasOwn(TYPES, name) ? name : "Uint8Array";
  }
  return value instanceof ArrayBuffer ? "ArrayBuffer" : value instanceof Blob ? "Blob" : undefined;
}

/** The messages in it; `undefined` when it is not what it says, however it is broken. Never throws. */
export function readBody({ json, bytes, count, list, isRows }: Body): readonly unknown[] | undefined {
  if (list) return list;
  // The list is a level of its own, as is the pair with a table; of rows the objects are still to come.
  const read = parseJson(json, isRows ? MAX_DEPTH - 1 : MAX_DEPTH)?.value;
  if (!Array.isArray(read)) return undefined;
  if (isRows) return readRows(read, count);
  if (bytes) return readBytes(read[0], read[1], new ByteReader([bytes]));
  return read.length === count ? read : undefined;
}

/** Objects from their keys and the values of all. */
function readRows(all: readonly unknown[], count: number): readonly unknown[] | undefined {
  const names = all[0] as readonly string[];
  if (!Array.isArray(names) || names.length === 0 || all.length !== 1 + count * names.length || !names.every(isName))
    return undefined;
  const objects: unknown[] = [];
  for (let at = 1; at < all.length;) {
    const object: Record<string, unknown> = {};
    for (const name of names) object[name] = all[at++];
    objects.push(object);
  }
  return objects;
}

/** J3: as a key, that name would change the object's prototype. */
function isName(name: unknown): name is string {
  return typeof name === "string" && name !== "__proto__";
}

/** Puts bytes where they belong; a list of one, or `undefined`. */
export function readBytes(data: unknown, table: unknown, bytes: ByteReader): [unknown] | undefined {
  if (!Array.isArray(table)) return undefined;
  const root = { data };
  try {
    for (const [path, type, length, mime = ""] of table as BytesEntry[]) {
      const part = bytes.take(length);
      if (!part || !Object.hasOwn(TYPES, type) || path.length > MAX_DEPTH) return undefined;
      // J3: what hung there is gone.
      if (!path.includes("__proto__")) put(root, ["data", ...path], TYPES[type]!(part.buffer, String(mime)));
    }
  } catch {
    return undefined;
  }
  return bytes.left === 0 ? [root.data] : undefined;
}

/** In place of the `null` that stands there. Throws when there is none. */
function put(root: object, path: readonly (string | number)[], value: unknown): void {
  let holder = root as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) holder = own(holder, key) as typeof holder;
  const last = path.at(-1)!;
  if (own(holder, last) !== null) throw new TypeError(String(last));
  holder[last] = value;
}

function own(holder: Record<string | number, unknown>, key: string | number): unknown {
  if (!Object.hasOwn(holder, key)) throw new TypeError(String(key));
  return holder[key];
}
