/** Until the first round trip is known, in bytes: TCP's initial window (RFC 6928). */
const FIRST_WINDOW = 16 * 1024;

/** Never less, so that the way is known at all, and never more: both sides keep that much in memory. */
const LEAST_WINDOW = 4 * 1024;
const MOST_WINDOW = 4 * 1024 * 1024;

/** How long others may wait behind what is on its way: a share of the round trip, and so many milliseconds at least. */
const QUEUE_SHARE = 0.5;
const LEAST_QUEUE = 10;

/** The window changes by these factors a round at the most: until the first queue, and later. */
const FAST_GROWTH = 2;
const GROWTH = 1.25;
const SHRINKAGE = 0.5;

/** How long the best round trip counts, in milliseconds; then the way is left empty for one, to measure it anew. */
const BEST_COUNTS_FOR = 10_000;

/** What is known of a fragment on its way. */
export interface Departure {
  readonly at: number;
  readonly bytes: number;
  /** Bytes that had left by then, itself included. */
  readonly end: number;
}

/**
 * How much of a transfer may be on its way. Loss says nothing here, only delay does: round by round the window is set to
 * what takes the best round trip and half as much again, so that small messages pass beside it (after TCP Vegas and LEDBAT,
 * RFC 6817).
 */
export class DelayWindow {
  #window = FIRST_WINDOW;
  #best = Infinity;
  #bestAt = 0;
  /** The least of this round: what is more is an accident of some processor. */
  #least = Infinity;
  #departed = 0;
  #arrived = 0;
  /** The round is over when what has left by now has arrived. */
  #roundEnds = 0;
  /** The most that was on its way in this round. */
  #used = 0;
  #isFast = true;
  #emptyUntil = -Infinity;

  /** In bytes. */
  size(now: number): number {
    return now < this.#emptyUntil ? LEAST_WINDOW : this.#window;
  }

  departs(bytes: number, now: number): Departure {
    this.#departed += bytes;
    this.#used = Math.max(this.#used, this.#departed - this.#arrived);
    return { at: now, bytes, end: this.#departed };
  }

  /** It will not arrive, or nobody will tell. */
  isGivenUp(bytes: number): void {
    this.#arrived += bytes;
  }

  arrived({ at, bytes, end }: Departure, now: number): void {
    // Clocks of browsers step by up to a millisecond.
    const roundTrip = Math.max(now - at, 0.5);
    this.#arrived += bytes;
    this.#least = Math.min(this.#least, roundTrip);
    if (roundTrip <= this.#best) [this.#best, this.#bestAt] = [roundTrip, now];
    else if (now - this.#bestAt > BEST_COUNTS_FOR) {
      if (this.#emptyUntil < this.#bestAt) this.#emptyUntil = now + 2 * roundTrip;
      else if (now >= this.#emptyUntil) [this.#best, this.#bestAt] = [roundTrip, now];
    }
    if (end < this.#roundEnds) return;
    if (now >= this.#emptyUntil) this.#adjust();
    this.#roundEnds = this.#departed;
    this.#least = Infinity;
    this.#used = this.#departed - this.#arrived;
  }

  #adjust(): void {
    const allowed = this.#best + Math.max(this.#best * QUEUE_SHARE, LEAST_QUEUE);
    if (this.#least > allowed) this.#isFast = false;
    // What is on its way takes its time in proportion to its size.
    const wanted = allowed / this.#least;
    const factor = Math.max(SHRINKAGE, Math.min(this.#isFast ? FAST_GROWTH : GROWTH, wanted));
    // Where there was not enough to send, nothing is known about more.
    if (factor > 1 && this.#used < this.#window / 2) return;
    this.#window = Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, this.#window * factor));
  }
}
