/** How fast somebody may do something, and with how much in reserve. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const MAX_SOURCES = 256;

/** Bounds how often something is done for each address, and for all together: addresses are easily forged. */
export class SourceRates {
  readonly #ofOne: Rate;
  readonly #ofAll: Rate;
  readonly #sources = new Map<string, Bucket>();
  readonly #all: Bucket;

  constructor(ofOne: Rate, ofAll: Rate) {
    this.#ofOne = ofOne;
    this.#ofAll = ofAll;
    this.#all = { tokens: ofAll.burst, at: 0 };
  }

  /** Takes one; `false` when it is one too many. `now` in milliseconds. */
  take(source: string, now: number): boolean {
    return take(this.#bucketOf(source, now), this.#ofOne, now) && take(this.#all, this.#ofAll, now);
  }

  #bucketOf(source: string, now: number): Bucket {
    const bucket = this.#sources.get(source) ?? { tokens: this.#ofOne.burst, at: now };
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
