/** Bytes inside JSON, for the way between test and agent: `Uint8Array` ↔ `{ $bytes: base64, $type: "Uint8Array" }`. */

import { digestOf } from "./made-bytes.ts";

/** Longer bytes are told by what they are like. */
const MOST_LOGGED = 500_000;

interface WrappedBytes {
  $bytes: string;
  $type: string;
}

/** How each type is made again. */
const TYPES: Record<string, (bytes: ArrayBuffer) => unknown> = {
  ArrayBuffer: (bytes) => bytes,
  ...Object.fromEntries(
    [
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
    ].map((Type) => [Type.name, (bytes: ArrayBuffer) => new (Type as typeof Uint8Array)(bytes)]),
  ),
};

function isWrapped(value: object): value is WrappedBytes {
  return "$bytes" in value && typeof value.$bytes === "string";
}

/** Replaces all bytes in `value` by their base64 form, very long ones by their digest. */
export function wrapBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wrapBytes);
  if (typeof value !== "object" || value === null) return value;
  const isView = ArrayBuffer.isView(value);
  if (isView || value instanceof ArrayBuffer) {
    const bytes = isView ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
    // The log of an agent shall not be larger than what is measured.
    if (bytes.length > MOST_LOGGED) return digestOf(bytes);
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return { $bytes: btoa(text), $type: Object.prototype.toString.call(value).slice(8, -1) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, wrapBytes(entry)]));
}

/** The reverse of {@link wrapBytes}. */
export function unwrapBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapBytes);
  if (typeof value !== "object" || value === null) return value;
  if (isWrapped(value))
    return TYPES[value.$type]?.(Uint8Array.from(atob(value.$bytes), (char) => char.charCodeAt(0)).buffer);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unwrapBytes(entry)]));
}
