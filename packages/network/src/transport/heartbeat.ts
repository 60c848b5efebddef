import type { Platform, TimerHandle } from "../platform/platform.ts";
import { Liveness, TICK_EVERY } from "./liveness.ts";

/** The pings of one link: when they are due, how long their answers take, and when silence is death. */
export class Heartbeat {
  readonly #platform: Platform;
  readonly #ping: (ts: number) => void;
  readonly #dead: () => void;
  readonly #liveness: Liveness;
  /** The time stamp of the ping that is under way. */
  #sent: number | undefined;
  /** Whether silence means that the path is broken. */
  #isJudged = true;
  /** Milliseconds between pings that ask for an acknowledgment. */
  #haste: number | undefined;
  #isStopped = false;
  #tick: TimerHandle;

  constructor(platform: Platform, ping: (ts: number) => void, dead: () => void) {
    this.#platform = platform;
    this.#ping = ping;
    this.#dead = dead;
    this.#liveness = new Liveness(platform.now());
  }

  /** A path begins, and is tried at once. Where the host passes things on, silence is the host's to judge. */
  start(isJudged: boolean): void {
    this.#isJudged = isJudged;
    this.#sent = undefined;
    this.#liveness.restart(this.#platform.now());
    this.#look();
  }

  /** Something came in on this path. */
  heard(): void {
    this.#liveness.heard();
  }

  /**
   * The round-trip time, if this answers the ping that is under way. Only that counts: a made-up time stamp would make an
   * absurd latency.
   */
  answered(ts: unknown): number | undefined {
    if (this.#sent === undefined || ts !== this.#sent) return undefined;
    this.#sent = undefined;
    return this.#platform.now() - ts;
  }

  /** From now on pings this often, and judges nobody. */
  hasten(ms: number): void {
    this.#haste = ms;
    this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#platform.clearTimeout(this.#tick);
  }

  #look(): void {
    this.#platform.clearTimeout(this.#tick);
    const now = this.#platform.now();
    if (!this.#isJudged) this.#liveness.heard();
    const verdict = this.#haste === undefined ? this.#liveness.tick(now) : "ping";
    if (verdict === "dead") return this.#dead();
    if (verdict === "ping") this.#ping((this.#sent = Math.round(now)));
    if (!this.#isStopped) this.#tick = this.#platform.setTimeout(() => this.#look(), this.#haste ?? TICK_EVERY);
  }
}
