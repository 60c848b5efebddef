import { createHash } from "node:crypto";
import { SeededRandom } from "../src/testing/seeded-random.ts";

const VIEWS = [
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
  DataView,
] as const;

/** Characters that are escaped, take two units or several bytes, or end a line. */
const ODD = ["\n", '"', "\\", "ü", "\u2028", "😀", "\ud800", "\0", "]", "{", "__proto__"];

/** Sizes up to this are surely said in order, and from the other one on surely a transfer, in bytes as they are sent. */
const SURELY_INLINE = 60_000;
const SURELY_LONG = 80_000;

/** A blob that is read at once: time in memory does not wait for a real one. */
class PromptBlob extends Blob {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, type: string) {
    super([bytes.slice()], { type });
    this.#bytes = bytes;
  }

  override slice(start?: number, end?: number, type: string = this.type): Blob {
    return new PromptBlob(this.#bytes.slice(start, end), type);
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.slice().buffer);
  }
}

/** A value, and whether it is so long, or holds a blob, that later ones may overtake it. */
export interface AnyValue {
  readonly data: unknown;
  readonly isLong: boolean;
  /** About what is sent, in bytes. */
  readonly size: number;
}

/** Makes values of all kinds and sizes: JSON, bytes, both, nothing at all. The same seed makes the same ones. */
export class AnyValues {
  readonly #random: SeededRandom;
  readonly #block: Uint8Array;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
    this.#block = this.#random.bytes(4096);
  }

  /** A whole number from 0 up to, but not including, `end`. */
  below(end: number): number {
    return Math.floor(this.#random.next() * end);
  }

  chance(probability: number): boolean {
    return this.#random.chance(probability);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** @param longest about as many bytes at the most */
  next(longest: number): AnyValue {
    for (;;) {
      const data = this.#value(2 ** (this.#random.next() * Math.log2(longest)));
      const { size, hasBlob } = measure(data);
      if (hasBlob || size < SURELY_INLINE || size > SURELY_LONG)
        return { data, size, isLong: hasBlob || size > SURELY_LONG };
    }
  }

  /** Bytes of any type. */
  bytes(size: number): unknown {
    const bytes = this.#raw(Math.floor(size / 8) * 8);
    const kind = this.below(VIEWS.length + 3);
    if (kind === VIEWS.length) return bytes.buffer;
    if (kind === VIEWS.length + 1) return new PromptBlob(bytes, this.pick(["", "image/png"]));
    // A part of a buffer, as it comes from a parser.
    if (kind > VIEWS.length) return bytes.subarray(Math.min(8, bytes.length));
    return new (VIEWS[kind] as typeof DataView)(bytes.buffer as ArrayBuffer);
  }

  #raw(size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += this.#block.length) bytes.set(this.#block.subarray(0, size - at), at);
    // No two are alike.
    bytes.set(this.#random.bytes(Math.min(8, size)));
    return bytes;
  }

  #value(size: number): unknown {
    const kind = this.below(10);
    if (kind === 0) return this.#scalar();
    if (kind === 1) return this.#text(size);
    if (kind === 2) return "x".repeat(size) + this.#random.text(4);
    if (kind <= 4) return this.bytes(this.chance(0.1) ? 0 : size);
    // With the same keys as others before and after it.
    if (kind <= 6) return { x: this.#random.next(), y: this.below(100), name: this.#random.text(5) };
    if (kind === 7) return [];
    return this.#tree(Math.min(size, 40_000), 4);
  }

  #scalar(): unknown {
    return this.pick([null, true, false, 0, -1.5, 1e300, "", this.#random.next(), {}, [[]]]);
  }

  #text(size: number): string {
    const words = Math.min(4000, size / 4);
    return Array.from({ length: words }, () => (this.chance(0.3) ? this.pick(ODD) : this.#random.text(3))).join("");
  }

  #tree(size: number, depth: number): unknown {
    if (depth === 0 || this.chance(0.3)) {
      if (this.chance(0.3)) return this.bytes(size / 4);
      return this.chance(0.5) ? this.#scalar() : this.#text(size / 8);
    }
    const parts = Array.from({ length: this.below(5) }, () => this.#tree(size / 5, depth - 1));
    if (this.chance(0.5)) return parts;
    const names = ["", "constructor", "a b", "length", "0", this.#random.text(3)];
    return Object.fromEntries(parts.map((part) => [this.pick(names), part]));
  }
}

/** A text that is the same for the same data: types and all bytes count. */
export async function nameOf(data: unknown): Promise<string> {
  const blobs = new Map<Blob, Uint8Array>();
  for (const blob of blobsIn(data)) blobs.set(blob, new Uint8Array(await blob.arrayBuffer()));
  return JSON.stringify(withBytes(data, (value) => describe(value, blobs)));
}

function describe(value: object, blobs: ReadonlyMap<Blob, Uint8Array>): string {
  const bytes = value instanceof Blob ? blobs.get(value)! : bytesOf(value);
  const type = value instanceof Blob ? `Blob ${value.type}` : value.constructor.name;
  return `\0${type} ${bytes.length} ${createHash("md5").update(bytes).digest("hex")}`;
}

function measure(data: unknown): { size: number; hasBlob: boolean } {
  let size = 0;
  let hasBlob = false;
  const json = JSON.stringify(
    withBytes(data, (value) => {
      hasBlob ||= value instanceof Blob;
      size += value instanceof Blob ? value.size : bytesOf(value).length;
      return null;
    }),
  );
  return { size: size + json.length, hasBlob };
}

function blobsIn(data: unknown): Blob[] {
  const blobs: Blob[] = [];
  withBytes(data, (value) => void (value instanceof Blob && blobs.push(value)));
  return blobs;
}

/** The data with something else in place of bytes. */
function withBytes(data: unknown, replace: (value: object) => unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer || data instanceof Blob) return replace(data);
  if (Array.isArray(data)) return data.map((one) => withBytes(one, replace));
  return Object.entries(data).map(([name, one]) => [name, withBytes(one, replace)]);
}

function bytesOf(value: object): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value as ArrayBuffer);
}
