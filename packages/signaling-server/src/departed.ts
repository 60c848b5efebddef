interface Departure {
  readonly token: string;
  readonly until: number;
  readonly reserved: boolean;
}

/** Who was here a moment ago. An id that was lost, not given up, stays reserved for its token. */
export class Departed {
  readonly #ids = new Map<string, Departure>();
  readonly #ms: number;
  readonly #max: number;

  /**
   * @param ms how long they are remembered
   * @param max how many are; the oldest gives way, its id is then as free as before it connected
   */
  constructor(ms: number, max: number) {
    this.#ms = ms;
    this.#max = max;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#ids.size;
  }

  /** Remembers a client that went; `reserved` when it did not say good-bye, so may come back. */
  add(id: string, token: string, reserved: boolean, now: number): void {
    // Deleted first, so that the map stays ordered by time.
    this.#ids.delete(id);
    this.#ids.set(id, { token, reserved, until: now + this.#ms });
    this.forget(now);
  }

  /** Forgets who left too long ago. */
  forget(now: number): void {
    for (const [oldest, { until }] of this.#ids) {
      if (until > now && this.#ids.size <= this.#max) break;
      this.#ids.delete(oldest);
    }
  }

  /** Forgets a client, because it is back. */
  remove(id: string): void {
    this.#ids.delete(id);
  }

  /** Frees an id that is reserved for this token: its client said good-bye after all. `false` when there is no such. */
  free(id: string, token: string, now: number): boolean {
    const departure = this.#at(id, now);
    if (departure?.token !== token) return false;
    this.#ids.set(id, { ...departure, reserved: false });
    return true;
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
