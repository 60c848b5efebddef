/** Until the first round trip is known, in bytes: TCP's initial window (RFC 6928). */
const FIRST_WINDOW = 16 * 1024;

/** Never less, so that the way is known at all, and never more: both sides keep that much in memory. */
const LEAST_WINDOW = 4 * 1024;
const MOST_WINDOW = 4 * 1024 * 1024;

/** What a queue on the way may cost others, as a share of the round trip, and at least so many milliseconds. */
const QUEUE_SHARE = 0.5;
const LEAST_QUEUE = 5;

/** While the rate still grows by this factor a round, the queue may be a whole round trip. */
const GROWTH = 1.25;
const ROUNDS_WITHOUT_GROWTH = 3;

/** How long the best rate counts: so many round trips, and at least so many milliseconds. */
const RATE_ROUNDS = 10;
const RATE_TIME = 500;

/** How long the best round trip counts, in milliseconds; then the way is left empty for one, to measure it anew. */
const BEST_COUNTS_FOR = 10_000;

/** What is known of a fragment on its way. */
export interface Departure {
  readonly at: number;
  readonly bytes: number;
  /** Bytes acknowledged in all by then. */
  readonly delivered: number;
}

/**
 * How much of a transfer may be on its way: what the way carries in a round trip, and half as much again. Loss says nothing
 * here, only delay does, so that small messages pass beside it without waiting (after BBR, draft-cardwell-iccrg-bbr).
 */
export class DelayWindow {
  #best = Infinity;
  #bestAt = 0;
  #rates: [before: number, now: number] = [0, 0];
  #ratesSince = 0;
  #delivered = 0;
  #roundEnds = 0;
  #roundRate = 0;
  #dullRounds = 0;
  #emptyUntil = -Infinity;

  /** In bytes. */
  size(now: number): number {
    if (this.#best === Infinity) return FIRST_WINDOW;
    if (now < this.#emptyUntil) return LEAST_WINDOW;
    const share = this.#dullRounds < ROUNDS_WITHOUT_GROWTH ? 1 : QUEUE_SHARE;
    const time = this.#best + Math.max(this.#best * share, LEAST_QUEUE);
    return Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, Math.max(...this.#rates) * time));
  }

  departs(bytes: number, now: number): Departure {
    return { at: now, bytes, delivered: this.#delivered };
  }

  arrived({ at, bytes, delivered }: Departure, now: number): void {
    // Clocks of browsers step by up to a millisecond.
    const roundTrip = Math.max(now - at, 0.5);
    this.#delivered += bytes;
    if (roundTrip <= this.#best) [this.#best, this.#bestAt] = [roundTrip, now];
    else if (now - this.#bestAt > BEST_COUNTS_FOR) {
      if (this.#emptyUntil < this.#bestAt) this.#emptyUntil = now + roundTrip;
      else if (now >= this.#emptyUntil) [this.#best, this.#bestAt] = [roundTrip, now];
    }
    this.#rated((this.#delivered - delivered) / roundTrip, now);
    if (delivered < this.#roundEnds) return;
    // A round: what left after the last one's end has arrived.
    this.#roundEnds = this.#delivered;
    const rate = Math.max(...this.#rates);
    this.#dullRounds = rate > this.#roundRate * GROWTH ? 0 : this.#dullRounds + 1;
    this.#roundRate = rate;
  }

  #rated(rate: number, now: number): void {
    if (now - this.#ratesSince > Math.max(RATE_TIME, RATE_ROUNDS * this.#best)) {
      this.#rates = [this.#rates[1], 0];
      this.#ratesSince = now;
    }
    this.#rates[1] = Math.max(this.#rates[1], rate);
  }
}
