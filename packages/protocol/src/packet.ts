/** What one data-channel message between nodes of this library holds: text, and the bytes that belong to it (SPEC.md, F26). */
export interface Packet {
  readonly text: string;
  readonly bytes?: Uint8Array | undefined;
}

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });

/** The packet as a data-channel message: text where it has no bytes of its own. */
export function encodePacket({ text, bytes }: Packet): string | Uint8Array {
  if (!bytes) return text;
  const head = encoder.encode(text);
  const message = new Uint8Array(4 + head.length + bytes.length);
  new DataView(message.buffer).setUint32(0, head.length);
  message.set(head, 4);
  message.set(bytes, 4 + head.length);
  return message;
}

/** Reads a data-channel message; one of bytes that is no packet has no text. The packet's bytes share its memory. */
export function decodePacket(message: string | ArrayBuffer): Packet {
  if (typeof message === "string") return { text: message };
  const length = message.byteLength < 4 ? -1 : new DataView(message).getUint32(0);
  if (length < 0 || length > message.byteLength - 4) return { text: "" };
  return {
    text: decoder.decode(new Uint8Array(message, 4, length)),
    bytes: new Uint8Array(message, 4 + length),
  };
}

/** A message of existing apps: text, or the same in UTF-8. */
export function decodePlain(message: string | ArrayBuffer): Packet {
  return { text: typeof message === "string" ? message : decoder.decode(message) };
}

/** A message for existing apps, which send and (in browsers) read nothing but UTF-8. */
export function encodePlain({ text }: Packet): Uint8Array {
  return encoder.encode(text);
}

/** Bytes of several places in one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Reads bytes that stand in several places, one after the other. */
export class ByteReader {
  readonly #parts: readonly Uint8Array[];
  #part = 0;
  #at = 0;
  /** Bytes that were not taken yet. */
  left: number;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
    this.left = parts.reduce((sum, { length }) => sum + length, 0);
  }

  /** So many bytes, in memory of their own; `undefined` when there are not so many, or it is no number of bytes. */
  take(length: number): Uint8Array<ArrayBuffer> | undefined {
    if (!Number.isInteger(length) || length < 0 || length > this.left) return undefined;
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const part = this.#parts[this.#part]!;
      const piece = part.subarray(this.#at, this.#at + length - filled);
      bytes.set(piece, filled);
      filled += piece.length;
      this.#at += piece.length;
      if (this.#at === part.length) [this.#part, this.#at] = [this.#part + 1, 0];
    }
    this.left -= length;
    return bytes;
  }
}

/** The text at the beginning of a packet with bytes that came in pieces; `undefined` when it is none. */
export function takeText(reader: ByteReader): string | undefined {
  const length = reader.take(4);
  const text = length && reader.take(new DataView(length.buffer).getUint32(0));
  return text && decoder.decode(text);
}
