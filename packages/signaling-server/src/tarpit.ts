// A loop that waits for its answers comes once a second then, instead of 10,000 times.
const HOLD_MS = 1000;
// More at once are no people behind one address.
const MAX_PER_ADDRESS = 16;
const MAX_HELD = 2000;

/** Lets who comes too often wait for the answer: at once, it would be back at once. */
export class Tarpit {
  readonly #held = new Map<string, number>();
  readonly #drops = new Map<NodeJS.Timeout, () => void>();
  #count = 0;

  /** Whether so many from this address wait that no more are answered. */
  isFull(address: string): boolean {
    return (this.#held.get(address) ?? 0) >= MAX_PER_ADDRESS;
  }

  /** Calls `answer` in a while; at once when too many wait in all, and `drop` when too many of this address do. */
  hold(address: string, answer: () => void, drop: () => void): void {
    if (this.isFull(address)) return drop();
    if (this.#count >= MAX_HELD) return answer();
    this.#held.set(address, (this.#held.get(address) ?? 0) + 1);
    this.#count += 1;
    const timer = setTimeout(() => {
      this.#drops.delete(timer);
      this.#release(address);
      answer();
    }, HOLD_MS).unref();
    this.#drops.set(timer, drop);
  }

  /** Drops all who wait. */
  close(): void {
    for (const [timer, drop] of this.#drops) {
      clearTimeout(timer);
      drop();
    }
    this.#drops.clear();
    this.#held.clear();
    this.#count = 0;
  }

  #release(address: string): void {
    const held = (this.#held.get(address) ?? 1) - 1;
    this.#count -= 1;
    if (held > 0) this.#held.set(address, held);
    else this.#held.delete(address);
  }
}
