import { NetworkError } from "../errors.ts";

/** Who waits until the other side has what was said; acknowledgments are asked for only while somebody does. */
export class Deliveries {
  readonly #nodeId: string;
  readonly #ask: () => void;
  #waiting: { readonly n: number; resolve(): void; reject(error: NetworkError): void }[] = [];
  #isAsked = false;

  /** @param ask has the other side acknowledge what it has */
  constructor(nodeId: string, ask: () => void) {
    this.#nodeId = nodeId;
    this.#ask = ask;
  }

  /**
   * @param n what is waited for
   * @param has what the other side has already
   * @param isOpen whether the rest can still arrive
   */
  wait(n: number, has: number, isOpen: boolean): Promise<void> {
    if (n <= has) return Promise.resolve();
    if (!isOpen) return Promise.reject(this.#lost());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ n, resolve, reject });
      this.#askOnce();
    });
  }

  /** @param isAnswer whether this answers what was asked */
  acknowledged(n: number, isAnswer: boolean): void {
    if (isAnswer) this.#isAsked = false;
    if (this.#waiting.length === 0) return;
    const done = this.#waiting.filter((one) => one.n <= n);
    this.#waiting = this.#waiting.filter((one) => one.n > n);
    for (const { resolve } of done) resolve();
    this.#askOnce();
  }

  /** Nothing arrives any more. */
  end(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(this.#lost());
  }

  /** At the end of this turn: all that is said in it is asked about at once. */
  #askOnce(): void {
    if (this.#isAsked || this.#waiting.length === 0) return;
    this.#isAsked = true;
    queueMicrotask(() => {
      if (this.#waiting.length > 0) this.#ask();
      else this.#isAsked = false;
    });
  }

  #lost(): NetworkError {
    return new NetworkError("undelivered", this.#nodeId, { nodeId: this.#nodeId });
  }
}
