/** Bytes inside JSON, for the way between test and agent: `Uint8Array` ↔ `{ $bytes: base64 }`. */

interface WrappedBytes {
  $bytes: string;
}

function isWrapped(value: object): value is WrappedBytes {
  return "$bytes" in value && typeof value.$bytes === "string";
}

/** Replaces every `Uint8Array` or `ArrayBuffer` in `value` by its base64 form. */
export function wrapBytes(value: unknown): unknown {
  if (value instanceof ArrayBuffer) return wrapBytes(new Uint8Array(value));
  if (value instanceof Uint8Array) {
    let text = "";
    for (const byte of value) text += String.fromCharCode(byte);
    return { $bytes: btoa(text) };
  }
  if (Array.isArray(value)) return value.map(wrapBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, wrapBytes(entry)]));
}

/** The reverse of {@link wrapBytes}. */
export function unwrapBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapBytes);
  if (typeof value !== "object" || value === null) return value;
  if (isWrapped(value)) return Uint8Array.from(atob(value.$bytes), (char) => char.charCodeAt(0));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unwrapBytes(entry)]));
}
