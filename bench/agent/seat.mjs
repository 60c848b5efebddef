import { payload } from "./payload.mjs";

/** @typedef {import("./payload.mjs").Payload} Payload */

/** Messages in one burst; the receiver confirms each. */
const BURST = 1000;

/** One contender's side of its connections, and what came in there. */
export class Seat {
  contender;
  #received = 0;
  #states = 0;
  #confirmed = 0;
  #wake = () => {};

  /** @param {import("../contenders/contender.mjs").Contender} contender */
  constructor(contender) {
    this.contender = contender;
  }

  /** @type {import("../contenders/contender.mjs").Ears} */
  ears = {
    message: (data, reply) => {
      this.#received++;
      if (data.kind === "echo") reply({ ...data, kind: "answer" });
      else if (data.kind === "answer") this.#wake();
      else if (data.kind === "confirm") {
        this.#confirmed++;
        this.#wake();
      } else if (data.kind === "count" && data.n % BURST === 0) reply(payload("confirm", data.n));
    },
    state: () => void this.#states++,
  };

  /**
   * Sends one message and waits for it to come back.
   * @param {number} n
   * @param {string} [to] A node other than the host.
   */
  async echo(n, to) {
    const answered = this.#woken();
    this.contender.send(payload("echo", n), to);
    await answered;
  }

  /**
   * Sends bursts, at most `window` of them unconfirmed: enough to keep any contender busy, and far below what any of
   * them refuses to queue. So the load is the same for all, whatever each one offers against flooding.
   * @param {number} bursts
   * @param {number} window
   */
  async flood(bursts, window) {
    this.#confirmed = 0;
    for (let burst = 0; burst < bursts; burst++) {
      while (burst - this.#confirmed >= window) await this.#woken();
      for (let n = 1; n <= BURST; n++) this.contender.send(payload("count", n));
    }
    while (this.#confirmed < bursts) await this.#woken();
  }

  /** What came in since the last time. */
  take() {
    const taken = { messages: this.#received, states: this.#states };
    this.#received = this.#states = 0;
    return taken;
  }

  /** @returns {Promise<void>} */
  #woken() {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
