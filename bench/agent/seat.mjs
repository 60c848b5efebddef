import { median, quantile } from "../report/statistics.mjs";
import { clock, payload } from "./payload.mjs";

/** @typedef {import("./payload.mjs").Payload} Payload */

/** Messages in one burst; the receiver confirms each. */
const BURST = 1000;

/** What came in, in milliseconds of `clock`. @typedef {{ n: number, sentAt: number, cameAt: number }} Arrival */

/** One contender's side of its connections, and what came in there. */
export class Seat {
  contender;
  #received = 0;
  #states = 0;
  #confirmed = 0;
  #bytes = 0;
  /** After so many bytes, the sender is told. */
  #expected = Number.POSITIVE_INFINITY;
  /** @type {{ messages: Arrival[], states: Arrival[] }} */
  #arrivals = { messages: [], states: [] };
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
      else if (data.kind === "expect") {
        this.#expected = this.#bytes + data.n;
        reply(payload("answer", data.n));
      } else if (data.kind === "stamp") this.#arrivals.messages.push(arrival(data));
    },
    state: (data) => {
      this.#states++;
      if (data.kind === "stamp") this.#arrivals.states.push(arrival(data));
    },
    bytes: (length, reply) => {
      this.#bytes += length;
      if (this.#bytes < this.#expected) return;
      this.#expected = Number.POSITIVE_INFINITY;
      reply(payload("confirm", 1));
    },
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

  /**
   * Sends bytes in messages of a size, as fast as the contender wants them, until all of them have arrived; in milliseconds.
   * @param {number} size
   * @param {number} count
   */
  async bulk(size, count) {
    const bytes = new Uint8Array(size).fill(7);
    await this.#expect(size * count);
    this.#confirmed = 0;
    const started = performance.now();
    await this.pour(bytes, count);
    while (this.#confirmed === 0) await this.#woken();
    return performance.now() - started;
  }

  /**
   * Sends messages of bytes as fast as the contender wants them.
   * @param {Uint8Array} bytes
   * @param {number} count
   */
  async pour(bytes, count) {
    const { contender } = this;
    for (let n = 0; n < count; n++) {
      const room = contender.sendBytes?.(bytes);
      if (room) await room;
    }
  }

  /** What came in since the last time. */
  take() {
    const taken = { messages: this.#received, states: this.#states, bytes: this.#bytes };
    this.#received = this.#states = this.#bytes = 0;
    return taken;
  }

  /** The stamped ones that came in since the last time. */
  takeArrivals() {
    const taken = this.#arrivals;
    this.#arrivals = { messages: [], states: [] };
    return taken;
  }

  /** Of the states in that, the number and how old they were when they came: in the middle, and the 99 %, in milliseconds. */
  takeAges() {
    const ages = this.takeArrivals().states.map(({ sentAt, cameAt }) => cameAt - sentAt);
    return { count: ages.length, median: median(ages), most: quantile(ages, 0.99) };
  }

  /** @param {number} bytes */
  async #expect(bytes) {
    const answered = this.#woken();
    this.contender.send(payload("expect", bytes));
    await answered;
  }

  /** @returns {Promise<void>} */
  #woken() {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

/**
 * @param {Payload} data
 * @returns {Arrival}
 */
function arrival({ n, at = Number.NaN }) {
  return { n, sentAt: at, cameAt: clock() };
}
