/** How fast somebody may send, and with how much in reserve. */
interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

// A host answers once a second and interface; a machine may run some, and ask as well.
const OF_ONE_SOURCE: Rate = { perSecond: 10, burst: 20 };
// A question is answered by a hundred hosts within 120 ms.
const OF_ALL: Rate = { perSecond: 100, burst: 200 };
const MAX_SOURCES = 256;

/**
 * Decides which packets are read at all: anybody nearby can send any number of them. Other services' packets, most of
 * them, cost one search.
 */
export class PacketGate {
  readonly #needles: readonly Buffer[];
  readonly #sources = new Map<string, Bucket>();
  readonly #all: Bucket = { tokens: OF_ALL.burst, at: 0 };

  /** Only packets with one of these texts in them are read. */
  constructor(needles: readonly string[]) {
    this.#needles = needles.map((needle) => Buffer.from(needle));
  }

  /** Whether to read a packet. `now` in milliseconds. */
  admits(bytes: Buffer, source: string, now: number): boolean {
    if (!this.#needles.some((needle) => bytes.includes(needle))) return false;
    return take(this.#bucketOf(source, now), OF_ONE_SOURCE, now) && take(this.#all, OF_ALL, now);
  }

  #bucketOf(source: string, now: number): Bucket {
    const bucket = this.#sources.get(source) ?? { tokens: OF_ONE_SOURCE.burst, at: now };
    // At the end of the map, so that who was silent longest is forgotten first.
    this.#sources.delete(source);
    this.#sources.set(source, bucket);
    const [oldest] = this.#sources.keys();
    if (this.#sources.size > MAX_SOURCES && oldest !== undefined) this.#sources.delete(oldest);
    return bucket;
  }
}

function take(bucket: Bucket, { perSecond, burst }: Rate, now: number): boolean {
  bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}
