import type { PathInfo } from "../transport/path-info.ts";
import type { LinkHandlers } from "./link-contract.ts";
import type { LinkPath } from "./link-path.ts";
import { newLinkStats, smoothLatency } from "./link-stats.ts";
import type { LinkStats } from "./link-stats.ts";

/** What is known of a link: counters, the round trip, and which candidates carry it. */
export class LinkMeter {
  readonly stats: LinkStats = newLinkStats();
  /** Which candidates carry it, as soon as that is known. */
  pathInfo: PathInfo | undefined;
  readonly #handlers: LinkHandlers;
  #path: LinkPath | undefined;
  /** Whether something was not taken, and nothing since. */
  #isFull = false;

  constructor(handlers: LinkHandlers) {
    this.#handlers = handlers;
  }

  /** Another path, or none. */
  restart(path: LinkPath | undefined): void {
    this.#path = path;
    this.pathInfo = undefined;
    this.stats.latency = -1;
  }

  /** Something was queued under this number, or not: 0. */
  queued(n: number, size: number): number {
    if (n > 0) {
      this.stats.msgSent++;
      this.stats.bytesSent += size;
      this.#isFull = false;
    } else if (!this.#isFull) {
      this.#isFull = true;
      this.#handlers.full?.();
    }
    return n;
  }

  /** A ping was answered after so many milliseconds. */
  answered(roundTrip: number): void {
    this.stats.latency = smoothLatency(this.stats.latency, roundTrip);
    if (!this.pathInfo && this.#path) void this.#read(this.#path);
    this.#handlers.measured();
  }

  /** Once, after the first answer: the pair is settled by then. */
  async #read(path: LinkPath): Promise<void> {
    const info = await path.info().catch(() => undefined);
    if (!info || path !== this.#path) return;
    this.pathInfo = info;
    this.#handlers.note("datachannel", () => `selected ${info.local} > ${info.remote} ${info.protocol}`);
    this.#handlers.measured();
  }
}
