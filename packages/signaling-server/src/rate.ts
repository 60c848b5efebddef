// Floating point: ten times a tenth is not quite one.
const ROUNDING_MS = 1e-6;
const MAX_FINE_MS = 60_000;

/**
 * Grants `burst` at once and `perSecond` for long (GCRA: a token bucket whose state is one number).
 * The state is kept by the caller, starts at 0, and needs no timer.
 */
export class Rate {
  readonly #msEach: number;
  readonly #msAhead: number;

  constructor(burst: number, perSecond: number) {
    this.#msEach = 1000 / perSecond;
    this.#msAhead = Math.max(1, burst) * this.#msEach + ROUNDING_MS;
  }

  /** The state after `cost` more at the time `now` in milliseconds; `undefined` when that is too much. */
  take(state: number, now: number, cost = 1): number | undefined {
    const next = Math.max(state, now) + cost * this.#msEach;
    return next - now > this.#msAhead ? undefined : next;
  }

  /** Milliseconds until one more is granted. */
  wait(state: number, now: number): number {
    return Math.max(0, Math.max(state, now) + this.#msEach - now - this.#msAhead);
  }

  /** The state after a fine of so large a part of the burst, which may be more than there is; at most a minute's. */
  fine(state: number, now: number, part: number): number {
    return Math.min(Math.max(state, now) + part * this.#msAhead, now + this.#msAhead + MAX_FINE_MS);
  }
}
