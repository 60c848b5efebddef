/** A ping this often tells both sides of each other (wire-protocol 3.4), in milliseconds. */
const PING_EVERY = 2000;

/** Silence after which the other side is dead: two pings unanswered. The promise is under 5 s. */
const DEAD_AFTER = 4000;

/** How often to look. */
export const TICK_EVERY = 500;

/**
 * Decides from the sound of a link whether the other side lives. Time counts only while this side was
 * awake to hear: a page whose timers the browser throttles, or a program that was busy for seconds,
 * first reads what has arrived before it blames the other side.
 */
export class Liveness {
  #silence = 0;
  #sincePing: number = PING_EVERY;
  #last: number;

  constructor(now: number) {
    this.#last = now;
  }

  /** A path begins, and is tried by a ping at once. */
  restart(now: number): void {
    this.#last = now;
    this.#silence = 0;
    this.#sincePing = PING_EVERY;
  }

  /** Something came in. */
  heard(): void {
    this.#silence = 0;
  }

  /** Called about every `TICK_EVERY`: what to do now. */
  tick(now: number): "ping" | "dead" | "wait" {
    const elapsed = now - this.#last;
    this.#last = now;
    // A late tick is our own sleep, not the other side's silence.
    this.#silence += Math.min(elapsed, 2 * TICK_EVERY);
    this.#sincePing += elapsed;
    if (this.#silence >= DEAD_AFTER) return "dead";
    if (this.#sincePing < PING_EVERY) return "wait";
    this.#sincePing = 0;
    return "ping";
  }
}
