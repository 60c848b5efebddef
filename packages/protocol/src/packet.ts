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
