import { Rate } from "./rate.ts";

// One entry is about 100 bytes.
const MAX_ADDRESSES = 100_000;

/** How often each address comes. */
export class AddressRates {
  readonly #rate: Rate;
  // In the order in which they were last seen.
  readonly #states = new Map<string, number>();

  constructor(burst: number, perSecond: number) {
    this.#rate = new Rate(burst, perSecond);
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#states.size;
  }

  /** Takes one; `false` when it is one too many. */
  take(address: string, now: number): boolean {
    const state = this.#rate.take(this.#states.get(address) ?? 0, now);
    if (state === undefined) return false;
    this.#set(address, state);
    return true;
  }

  /** Takes a part of what an address has in one go, because somebody there floods. */
  fine(address: string, now: number, part: number): void {
    this.#set(address, this.#rate.fine(this.#states.get(address) ?? 0, now, part));
  }

  /** Whole seconds after which it is worth coming again, 1 at least. */
  retryAfter(address: string, now: number): number {
    return Math.max(1, Math.ceil(this.#rate.wait(this.#states.get(address) ?? 0, now) / 1000));
  }

  /** Forgets who has all of it again. */
  forget(now: number): void {
    for (const [address, state] of this.#states) if (state <= now) this.#states.delete(address);
  }

  #set(address: string, state: number): void {
    this.#states.delete(address);
    this.#states.set(address, state);
    if (this.#states.size <= MAX_ADDRESSES) return;
    const oldest = this.#states.keys().next();
    if (!oldest.done) this.#states.delete(oldest.value);
  }
}
