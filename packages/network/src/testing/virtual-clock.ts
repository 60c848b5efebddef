/** Something that will happen at a virtual time. */
export interface ClockEvent {
  readonly at: number;
  /** Set to call it off. */
  isCanceled: boolean;
}

interface Scheduled extends ClockEvent {
  readonly order: number;
  readonly run: () => void;
}

/** Events at one instant without time moving on: a loop with no delay in it. */
const MAX_AT_ONE_INSTANT = 1_000_000;

/** Time that moves only when told to. What is due at the same instant happens in the order of scheduling. */
export class VirtualClock {
  #now = 0;
  #order = 0;
  #atThisInstant = 0;
  readonly #heap: Scheduled[] = [];

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  schedule(delayMs: number, run: () => void): ClockEvent {
    const event: Scheduled = { at: this.#now + delayMs, order: this.#order++, run, isCanceled: false };
    this.#push(event);
    return event;
  }

  /**
   * Moves time on by `ms`; all that falls due happens in order, each with the promises that follow from it.
   *
   * @throws what `afterEach` throws
   */
  async advance(ms: number, afterEach: () => void): Promise<void> {
    const end = this.#now + ms;
    await this.#loop(() => {
      afterEach();
      if (this.#runNext(end)) return true;
      this.#now = Math.max(this.#now, end);
      return false;
    });
  }

  /**
   * Moves time on until the promise is settled, and returns what it came to.
   *
   * @throws Error when nothing is left to happen, or `limit` milliseconds have passed
   */
  async until<T>(promise: PromiseLike<T>, limit: number, afterEach: () => void): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    const end = this.#now + limit;
    await this.#loop(() => {
      afterEach();
      if (isSettled) return false;
      if (this.#runNext(end)) return true;
      if (!this.#peek()) throw new Error("The promise did not settle: nothing is left to happen");
      this.#now = Math.max(this.#now, end);
      throw new Error(`The promise did not settle: not within ${limit} ms of virtual time`);
    });
    return promise;
  }

  /** Runs `step` until it says false, and before each step all promise callbacks that are due. */
  async #loop(step: () => boolean): Promise<void> {
    // A task of its own comes after every microtask, however deep the chain of awaits; a counted
    // loop of `await` would only guess. Unlike a timer, a message is neither slow nor throttled.
    const { port1, port2 } = new MessageChannel();
    try {
      await new Promise<void>((resolve, reject) => {
        port1.onmessage = (): void => {
          try {
            if (step()) port2.postMessage(0);
            else resolve();
          } catch (error) {
            reject(error);
          }
        };
        port2.postMessage(0);
      });
    } finally {
      port1.close();
    }
  }

  #runNext(end: number): boolean {
    const next = this.#peek();
    if (!next || next.at > end) return false;
    this.#pop();
    if (next.at > this.#now) this.#atThisInstant = 0;
    else if (++this.#atThisInstant > MAX_AT_ONE_INSTANT) throw new Error(`Time stands still at ${this.#now} ms`);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }

  #peek(): Scheduled | undefined {
    while (this.#heap[0]?.isCanceled) this.#pop();
    return this.#heap[0];
  }

  #push(event: Scheduled): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
