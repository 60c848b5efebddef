import type { TestNode } from "./test-node.ts";

const MESSAGES_PER_SECOND = 200;
const ROUND_MS = 500;
const ROUND = (MESSAGES_PER_SECOND * ROUND_MS) / 1000;

/** A node that says 200 messages a second to all, for as long as a test needs: in rounds of numbers from 1. */
export class SteadySender {
  readonly node: TestNode;
  readonly #sending: Promise<void>;
  #rounds = 0;
  #isOver = false;

  constructor(node: TestNode) {
    this.node = node;
    this.#sending = this.#send();
    // Who ends it hears of it.
    this.#sending.catch(() => undefined);
  }

  /** Resolves with all numbers that it has sent, in order, once the round under way is sent. */
  async end(): Promise<number[]> {
    this.#isOver = true;
    await this.#sending;
    return Array.from({ length: this.#rounds * ROUND }, (_, at) => (at % ROUND) + 1);
  }

  async #send(): Promise<void> {
    while (!this.#isOver) {
      await this.node.play({ durationMs: ROUND_MS, statesPerSecond: 20, messagesPerSecond: MESSAGES_PER_SECOND });
      this.#rounds += 1;
    }
  }
}
