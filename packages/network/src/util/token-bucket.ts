/** A rate limit that forgives bursts: `burst` at once, `perSecond` in the long run. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #last: number;

  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#last = now;
  }

  /** Takes one, or as many as something costs; false when there are not enough left. */
  take(now: number, cost = 1): boolean {
    return this.spend(now, 0) >= cost && this.spend(now, cost) >= 0;
  }

  /** Takes so many whether they are there or not. Returns what is left, below 0 when it is a debt. */
  spend(now: number, cost: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#last) * this.#perSecond) / 1000) - cost;
    this.#last = now;
    return this.#tokens;
  }
}
