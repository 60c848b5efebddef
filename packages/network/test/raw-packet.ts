import { encodePacket } from "@clayground/protocol";

/** A packet by hand: heads, their lines, and bytes. */
export function packet(
  heads: object | readonly object[],
  lines: readonly string[] = [],
  bytes?: Uint8Array,
): string | Uint8Array {
  return encodePacket({ text: [JSON.stringify(heads), ...lines].join("\n"), bytes });
}

/** A message of bytes, so long that its text is said to have a length of this. */
export function packetThatSays(length: number, text: string): Uint8Array {
  const body = new TextEncoder().encode(text);
  const message = new Uint8Array(4 + body.length);
  new DataView(message.buffer).setUint32(0, length);
  message.set(body, 4);
  return message;
}

/** Numbers the frames of one stream. */
export function numbering(): <T extends object>(frame: T) => T & { n: number } {
  let n = 0;
  return (frame) => ({ n: ++n, ...frame });
}
