import type { Platform, TimerHandle } from "../platform/platform.ts";
import type { StreamPath } from "../transport/reliable-stream.ts";
import { TokenBucket } from "../util/token-bucket.ts";

/**
 * What a joiner says to its host: a quarter less than the host lets pass (SPEC.md, F15), so that an honest one is never
 * dropped, however much its application says at once. The rest is for states.
 */
const COST_PER_SECOND = 3000;
const COST_AT_ONCE = 6000;

/** How long who has spent all rests, in milliseconds. */
const REST = 20;

/** Keeps a joiner below its host's limit, while there are others who would suffer. */
export class Pace {
  readonly #platform: Platform;
  readonly #isNeeded: () => boolean;
  readonly #rested: () => void;
  readonly #budget: TokenBucket;
  #timer: TimerHandle;

  /**
   * @param isNeeded whether there are others
   * @param rested called when there is something to spend again
   */
  constructor(platform: Platform, isNeeded: () => boolean, rested: () => void) {
    this.#platform = platform;
    this.#isNeeded = isNeeded;
    this.#rested = rested;
    this.#budget = new TokenBucket(COST_PER_SECOND, COST_AT_ONCE, platform.now());
  }

  /** Something left. False when nothing more may, for now. */
  spend(cost: number): boolean {
    const left = this.#budget.spend(this.#platform.now(), cost);
    if (left > 0 || !this.#isNeeded()) return true;
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(() => {
      if (this.spend(0)) this.#rested();
    }, REST);
    return false;
  }

  stop(): void {
    this.#platform.clearTimeout(this.#timer);
  }
}

/** The path of a stream, which also counts as full when all is spent. */
export function pacedBy(pace: Pace, path: StreamPath): StreamPath {
  return {
    ...(path.window !== undefined && { window: path.window }),
    sendReliable: (packet, cost) => {
      const hasRoom = path.sendReliable(packet, cost);
      return pace.spend(cost) && hasRoom;
    },
  };
}
