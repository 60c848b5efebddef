/** Bytes that both ends can make by themselves, a multiple of four: of each seed others. */
export function madeBytes(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(size / 4);
  let state = seed;
  for (let at = 0; at < words.length; at += 1) words[at] = state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return new Uint8Array(words.buffer);
}

/** What tells them from others: FNV-1a, by words. */
export function digestOf(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return `${bytes.length} bytes ${(hash >>> 0).toString(16)}`;
}
