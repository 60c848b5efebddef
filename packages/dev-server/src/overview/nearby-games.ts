import type { Clock } from "../live-reload/clock.ts";
import type { NearbyGame } from "./overview-status.ts";

/** Follows the networks of the local network until the signal ends it, as `discoverNetworks` does. */
export type Discover = (signal: AbortSignal) => AsyncIterable<readonly NearbyGame[]>;

// The page asks every two seconds while somebody looks at it; a phone's Wi-Fi may lose some of that.
const NOBODY_LOOKS_MS = 10_000;

/** The games that others nearby host. It searches only while somebody wants to know: a search sends packets to all. */
export class NearbyGames {
  readonly #discover: Discover;
  readonly #clock: Clock;
  #search: AbortController | undefined;
  #stopTimer: (() => void) | undefined;
  #games: readonly NearbyGame[] | undefined;

  constructor(discover: Discover, clock: Clock) {
    this.#discover = discover;
    this.#clock = clock;
  }

  /** What is known; `undefined` until the search, which this starts, has found out. It goes on for 10 s. */
  list(): readonly NearbyGame[] | undefined {
    this.#stopTimer?.();
    this.#stopTimer = this.#clock.after(NOBODY_LOOKS_MS, () => this.close());
    if (this.#search === undefined) {
      this.#search = new AbortController();
      void this.#follow(this.#search.signal);
    }
    return this.#games;
  }

  /** Ends the search, and forgets what it found: that is soon wrong. */
  close(): void {
    this.#stopTimer?.();
    this.#search?.abort();
    this.#search = undefined;
    this.#games = undefined;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const games of this.#discover(signal)) {
      if (signal.aborted) return;
      this.#games = games;
    }
  }
}
