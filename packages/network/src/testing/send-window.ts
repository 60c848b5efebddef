import { Fifo } from "./fifo.ts";

/**
 * What may be under way at a time between two ends, in bytes. Over 50 ms each way it allows 2.6 MB/s,
 * about what libdatachannel reaches; towards a silent end the rest stays in `bufferedAmount`.
 */
const WINDOW = 256 * 1024;

/** The unacknowledged bytes of one direction, shared by all its streams, and what waits for room. */
export class SendWindow {
  #used = 0;
  readonly #waiting = new Fifo<{ readonly bytes: number; readonly go: () => void }>();

  /** Calls `go` at once, or when enough was acknowledged. */
  admit(bytes: number, go: () => void): void {
    this.#waiting.push({ bytes, go });
    this.#next();
  }

  release(bytes: number): void {
    this.#used -= bytes;
    this.#next();
  }

  #next(): void {
    for (;;) {
      const head = this.#waiting.first;
      if (!head || (this.#used > 0 && this.#used + head.bytes > WINDOW)) return;
      this.#waiting.shift();
      this.#used += head.bytes;
      head.go();
    }
  }
}
