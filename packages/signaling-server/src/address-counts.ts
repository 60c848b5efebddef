interface Entry {
  readonly address: string;
  clients: number;
}

/** How many clients are connected from each address. */
export class AddressCounts {
  readonly #entries = new Map<string, Entry>();

  /** Addresses with clients. */
  get size(): number {
    return this.#entries.size;
  }

  /** Clients from an address. */
  count(address: string): number {
    return this.#entries.get(address)?.clients ?? 0;
  }

  /** Counts one more; returns the address as one text that all its clients share. */
  add(address: string): string {
    const entry = this.#entries.get(address) ?? { address, clients: 0 };
    if (entry.clients === 0) this.#entries.set(address, entry);
    entry.clients += 1;
    return entry.address;
  }

  /** Counts one less. */
  remove(address: string): void {
    const entry = this.#entries.get(address);
    if (!entry) return;
    entry.clients -= 1;
    if (entry.clients === 0) this.#entries.delete(address);
  }
}
