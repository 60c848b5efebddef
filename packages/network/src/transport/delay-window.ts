/** Until the first round trip is known, in bytes: TCP's initial window (RFC 6928). */
const FIRST_WINDOW = 16 * 1024;

/** Never less, so that the way is known at all. */
const LEAST_WINDOW = 2 * 1024;

/** How long others may wait behind what is on its way: a share of the round trip, and so many milliseconds at least. */
const QUEUE_SHARE = 0.4;
const LEAST_QUEUE = 10;

/** The window changes by these factors a round at the most. */
const GROWTH = 1.25;
const SHRINKAGE = 0.4;

/** But it doubles while no round trip is so much longer than the best one: a share of it, and so many milliseconds. */
const FIRST_QUEUE_SHARE = 0.125;
const FIRST_QUEUE = 4;

/** And a little more, in bytes, so that it never rests. */
const STEP = 1024;

/** So much less on its way should take less time, and a round trip that differs by less than that is the same. */
const LESS = 0.8;
const SAME = 0.1;

/** How long the best round trip counts, in milliseconds; then the queue is left to drain, to measure it anew. */
const BEST_COUNTS_FOR = 10_000;

/** After a standstill there is nothing to drain, in milliseconds. */
const LONGEST_DRAIN = 1000;

/** What is known of a fragment on its way. */
export interface Departure {
  readonly at: number;
  readonly bytes: number;
  /** Bytes that had left by then, itself included. */
  readonly end: number;
  /** Bytes of these that had not arrived. */
  readonly onWay: number;
}

/** What a round brought. */
interface Round {
  /** Over when what had left by its beginning has arrived. */
  readonly ends: number;
  /** The least round trip: what is more is an accident of some processor. */
  least: number;
  /** The best rate: what was on its way has arrived in one round trip. */
  rate: number;
  /** The most that was on its way. */
  used: number;
}

/** While the queue drains. */
interface Drain {
  /** Only what leaves from then on meets no queue. */
  readonly from: number;
  readonly until: number;
  best: number;
}

/**
 * How much of a transfer may be on its way. Loss says nothing here, only delay does: round by round the window is set to
 * what the way carries in its best round trip and a part of it more, so that small messages pass beside it (after TCP Vegas
 * and LEDBAT, RFC 6817).
 */
export class DelayWindow {
  readonly #most: number;
  #window = FIRST_WINDOW;
  /** Less than the window while the queue drains, and until the way is full again. */
  #ceiling = Infinity;
  #drain: Drain | undefined;
  #best = Infinity;
  #bestAt = 0;
  #departed = 0;
  #arrived = 0;
  #round = newRound(0);
  /** The round before, if there was a queue in it. */
  #queued: Round | undefined;
  /** Nothing waited in this round, and in the one before. */
  #isFree = true;
  #wasFree = true;

  /** @param most in bytes */
  constructor(most: number) {
    this.#most = most;
  }

  /** In bytes. */
  get size(): number {
    return Math.max(LEAST_WINDOW, Math.min(this.#window, this.#ceiling));
  }

  departs(bytes: number, now: number): Departure {
    this.#departed += bytes;
    return { at: now, bytes, end: this.#departed, onWay: this.#departed - this.#arrived };
  }

  /** It will not arrive, or nobody will tell. */
  isGivenUp(bytes: number): void {
    this.#arrived += bytes;
  }

  /** @param isSample whether the other side told of it at once */
  arrived({ at, bytes, end, onWay }: Departure, now: number, isSample: boolean = true): void {
    if (!this.#drain) this.#grow(bytes);
    this.#arrived += bytes;
    if (!isSample) return;
    // Clocks of browsers step by up to a millisecond.
    const roundTrip = Math.max(now - at, 0.5);
    this.#measure(roundTrip, at, now);
    const round = this.#round;
    round.least = Math.min(round.least, roundTrip);
    round.rate = Math.max(round.rate, onWay / roundTrip);
    round.used = Math.max(round.used, onWay);
    if (roundTrip > this.#best + Math.max(this.#best * FIRST_QUEUE_SHARE, FIRST_QUEUE)) this.#isFree = false;
    if (end < round.ends) return;
    // The first one tells of the least that was on its way only.
    if (round.ends > 0 && this.#ceiling === Infinity) this.#adjust(round);
    this.#round = newRound(this.#departed);
    [this.#wasFree, this.#isFree] = [this.#isFree && this.#ceiling === Infinity, true];
  }

  #grow(bytes: number): void {
    this.#ceiling += bytes;
    if (this.#ceiling >= this.#window) this.#ceiling = Infinity;
    // Where there was not enough to send, nothing is known about more.
    const isFull = this.#departed - this.#arrived >= this.size / 2;
    if (this.#isFree && this.#wasFree && isFull) this.#window = Math.min(this.#most, this.#window + bytes);
  }

  /** Keeps the best round trip: of what waits behind others it says nothing, so now and then nothing may wait. */
  #measure(roundTrip: number, at: number, now: number): void {
    if (roundTrip <= this.#best) {
      [this.#best, this.#bestAt] = [roundTrip, now];
      return;
    }
    const drain = this.#drain;
    if (!drain) {
      if (now - this.#bestAt <= BEST_COUNTS_FOR) return;
      const takes = Math.min(roundTrip, LONGEST_DRAIN);
      this.#drain = { from: now + takes, until: now + 2 * takes, best: Infinity };
      this.#ceiling = (this.#window * this.#best) / this.#allowed / 2;
      return;
    }
    if (at >= drain.from) drain.best = Math.min(drain.best, roundTrip);
    if (now < drain.until || drain.best === Infinity) return;
    [this.#best, this.#bestAt, this.#drain] = [drain.best, now, undefined];
  }

  get #allowed(): number {
    return this.#best + Math.max(this.#best * QUEUE_SHARE, LEAST_QUEUE);
  }

  #adjust(round: Round): void {
    const { least, rate, used } = round;
    const allowed = this.#allowed;
    const before = this.#queued;
    this.#queued = undefined;
    if (least <= allowed) {
      // Fragments do not fill it to the last byte.
      const wanted = (rate * allowed * this.#window) / used + STEP;
      const isFull = used >= this.#window / 2 && wanted > this.#window;
      if (isFull) this.#window = Math.min(this.#most, this.#window * GROWTH, wanted);
    } else if (before && used < before.used * LESS && Math.abs(least / before.least - 1) < SAME) {
      // Less on its way takes as long as more did: it is no queue, the way has become longer.
      this.#best = least;
    } else {
      this.#queued = round;
      const wanted = Math.max(LEAST_WINDOW, this.#window * SHRINKAGE, rate * allowed + STEP);
      this.#window = Math.min(this.#window, wanted);
    }
  }
}

function newRound(ends: number): Round {
  return { ends, least: Infinity, rate: 0, used: 0 };
}
