// The part of MessagePack that the bench's messages need: objects, arrays, strings, numbers (msgpack.org, by hand, at its shortest).

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const buffer = new Uint8Array(1 << 20);
const view = new DataView(buffer.buffer);
let at = 0;

/** @param {unknown} value */
export function pack(value) {
  at = 0;
  put(value);
  return buffer.slice(0, at);
}

/** @param {unknown} value */
function put(value) {
  if (typeof value === "string") {
    const { written } = encoder.encodeInto(value, buffer.subarray(at + 2));
    buffer[at] = 0xd9;
    buffer[at + 1] = written;
    at += 2 + written;
  } else if (typeof value === "number") {
    if (Number.isInteger(value) && value >= 0 && value < 128) buffer[at++] = value;
    else {
      const isShort = Number.isInteger(value) && value >= 0 && value < 65_536;
      buffer[at] = isShort ? 0xcd : 0xcb;
      if (isShort) view.setUint16(at + 1, value);
      else view.setFloat64(at + 1, value);
      at += isShort ? 3 : 9;
    }
  } else if (Array.isArray(value)) {
    buffer[at] = 0xdc;
    view.setUint16(at + 1, value.length);
    at += 3;
    for (const one of value) put(one);
  } else {
    const keys = Object.keys(/** @type {object} */ (value));
    buffer[at++] = 0x80 | keys.length;
    for (const key of keys) {
      put(key);
      put(/** @type {Record<string, unknown>} */ (value)[key]);
    }
  }
}

/** @param {Uint8Array} bytes */
export function unpack(bytes) {
  const reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset), at: 0 };
  return take(reader);
}

/**
 * @param {{ bytes: Uint8Array, view: DataView, at: number }} reader
 * @returns {unknown}
 */
function take(reader) {
  const { bytes, view: read } = reader;
  const type = bytes[reader.at++] ?? 0;
  if (type < 0x80) return type;
  if (type === 0xd9) {
    const end = reader.at + 1 + (bytes[reader.at] ?? 0);
    const text = decoder.decode(bytes.subarray(reader.at + 1, end));
    reader.at = end;
    return text;
  }
  if (type === 0xcd) return read.getUint16((reader.at += 2) - 2);
  if (type === 0xcb) return read.getFloat64((reader.at += 8) - 8);
  if (type === 0xdc) return Array.from({ length: read.getUint16((reader.at += 2) - 2) }, () => take(reader));
  /** @type {Record<string, unknown>} */
  const object = {};
  for (let left = type & 0x0f; left > 0; left--) {
    const key = String(take(reader));
    object[key] = take(reader);
  }
  return object;
}
