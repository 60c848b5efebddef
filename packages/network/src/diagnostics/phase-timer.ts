import type { ConnectionPhase } from "../session/session.ts";

/** How long the parts of the last connection attempt took, in milliseconds; 0 for a part that was not reached. */
export interface PhaseTiming {
  readonly signaling: number;
  readonly ice: number;
  readonly datachannel: number;
  readonly total: number;
}

export const NO_TIMING: PhaseTiming = { signaling: 0, ice: 0, datachannel: 0, total: 0 };

/** Measures the phases of one attempt. */
export class PhaseTimer {
  readonly #now: () => number;
  #timing = NO_TIMING;
  #phase: ConnectionPhase = "";
  #since: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** A phase begins, and the one before it is over; empty when the attempt is. */
  enter(phase: ConnectionPhase): PhaseTiming {
    const now = this.#now();
    const spent = Math.round(now - this.#since);
    const timing = this.#timing;
    if (this.#phase)
      this.#timing = { ...timing, [this.#phase]: timing[this.#phase] + spent, total: timing.total + spent };
    this.#phase = phase;
    this.#since = now;
    return this.#timing;
  }
}
