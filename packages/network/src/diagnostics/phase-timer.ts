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
  readonly #spent: Record<Exclude<ConnectionPhase, "">, number> = { signaling: 0, ice: 0, datachannel: 0 };
  #phase: ConnectionPhase = "";
  #since: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** A phase begins, and the one before it is over; empty when the attempt is. */
  enter(phase: ConnectionPhase): PhaseTiming {
    const now = this.#now();
    if (this.#phase) this.#spent[this.#phase] += now - this.#since;
    this.#phase = phase;
    this.#since = now;
    const { signaling, ice, datachannel } = this.#spent;
    const round = Math.round;
    return {
      signaling: round(signaling),
      ice: round(ice),
      datachannel: round(datachannel),
      total: round(signaling + ice + datachannel),
    };
  }
}
