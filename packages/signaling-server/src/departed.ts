interface Departure {
  readonly token: string;
  readonly until: number;
  readonly reserved: boolean;
}

// One entry is about 200 bytes; the oldest gives way, its id is then as free as before it connected.
const MAX_DEPARTED = 10_000;

/** Who was here a moment ago. An id that was lost, not given up, stays reserved for its token. */
export class Departed {
  readonly #ids = new Map<string, Departure>();
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Remembers a client that went; `reserved` when it did not say good-bye, so may come back. */
  add(id: string, token: string, reserved: boolean, now: number): void {
    // Deleted first, so that the map stays ordered by time.
    this.#ids.delete(id);
    this.#ids.set(id, { token, reserved, until: now + this.#ms });
    for (const [oldest, { until }] of this.#ids) {
      if (until > now && this.#ids.size <= MAX_DEPARTED) break;
      this.#ids.delete(oldest);
    }
  }

  /** Forgets a client, because it is back. */
  remove(id: string): void {
    this.#ids.delete(id);
  }

  /** Until when messages to this id should wait; `undefined` when it was not here lately. */
  until(id: string, now: number): number | undefined {
    return this.#at(id, now)?.until;
  }

  /** Whether the id is kept for somebody who has another token. */
  reservedFromToken(id: string, token: string, now: number): boolean {
    const departure = this.#at(id, now);
    return departure !== undefined && departure.reserved && departure.token !== token;
  }

  #at(id: string, now: number): Departure | undefined {
    const departure = this.#ids.get(id);
    return departure !== undefined && departure.until > now ? departure : undefined;
  }
}
