import type { Counters } from "./counters.ts";
import type { LogEntry } from "./log.ts";
import type { Refusal } from "./statistics.ts";

// Who is refused often must not fill a disk.
const LOGGED_PER_SECOND = 10;
const MAX_TEXT_LENGTH = 200;

/** Who is refused. */
export interface Refused {
  readonly address: string;
  readonly id?: string | undefined;
  readonly origin?: string | undefined;
}

/** Counts and logs for the shell. */
export class Reports {
  readonly counters: Counters;
  readonly #log: (entry: LogEntry) => void;
  readonly #logged = new Map<Refusal, { second: number; count: number; skipped: number }>();

  constructor(counters: Counters, log: ((entry: LogEntry) => void) | undefined) {
    this.counters = counters;
    this.#log = log ?? (() => undefined);
  }

  /** Logs something. */
  log(entry: LogEntry): void {
    try {
      this.#log(entry);
    } catch {
      // A log that fails must not end the server.
    }
  }

  /** Counts a refusal that the realm has not counted, and logs it. */
  refused(reason: Refusal, who: Refused): void {
    this.counters.refused[reason] += 1;
    this.logRefused(reason, who);
  }

  /** Logs a refusal, unless there were many of its kind within this second. */
  logRefused(reason: Refusal, { address, id, origin }: Refused): void {
    const second = Math.floor(performance.now() / 1000);
    const logged = this.#logged.get(reason) ?? { second, count: 0, skipped: 0 };
    this.#logged.set(reason, logged);
    if (logged.second !== second) {
      logged.second = second;
      logged.count = 0;
    }
    if (logged.count >= LOGGED_PER_SECOND) {
      logged.skipped += 1;
      return;
    }
    logged.count += 1;
    const { skipped } = logged;
    logged.skipped = 0;
    this.log({
      event: "refused",
      reason,
      address,
      ...(id !== undefined && { id: id.slice(0, MAX_TEXT_LENGTH) }),
      ...(origin !== undefined && { origin: origin.slice(0, MAX_TEXT_LENGTH) }),
      skipped,
    });
  }
}
