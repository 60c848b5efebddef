/** FNV-1a, 32 bits; the basis makes four independent words of one seed. */
function hash(text: string, basis: number): number {
  let value = 0x811c9dc5 ^ basis;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}

/** Rounds until every bit of the seed has reached every word of the state. */
const WARM_UP = 15;

/** Random numbers that repeat under the same seed (sfc32). Not for secrets. */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: string) {
    this.#a = hash(seed, 1);
    this.#b = hash(seed, 2);
    this.#c = hash(seed, 3);
    this.#counter = hash(seed, 4);
    for (let i = 0; i < WARM_UP; i++) this.#next32();
  }

  /** From 0 up to, but not including, 1. */
  next(): number {
    return this.#next32() / 0x1_0000_0000;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#next32() & 0xff);
  }

  /** Letters and digits, as in an ICE user fragment. */
  text(length: number): string {
    return Array.from({ length }, () => Math.floor(this.next() * 36).toString(36)).join("");
  }

  #next32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}
