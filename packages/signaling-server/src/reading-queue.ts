/** What has more to read than may be read at once. */
export interface Unread {
  /** Reads some of it, and comes into the queue again when that was not all. */
  readOn(): void;
}

// 8 frames each: a quarter of a millisecond.
const TURNS_AT_ONCE = 4;

/**
 * Those who sent much at once, one after the other, a little in each turn of the event loop. Between two turns
 * everybody else is served: 50 clients that send 500 messages each took 0.3 s at once.
 */
export class ReadingQueue {
  readonly #unread = new Set<Unread>();
  #isRunning = false;

  /** Queues it at the end. */
  add(unread: Unread): void {
    this.#unread.add(unread);
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    let turns = 0;
    for (const unread of this.#unread) {
      if (turns++ === TURNS_AT_ONCE) break;
      // Deleted first: it may come again.
      this.#unread.delete(unread);
      unread.readOn();
    }
    this.#isRunning = this.#unread.size > 0;
    if (this.#isRunning) setImmediate(() => this.#run());
  }
}
