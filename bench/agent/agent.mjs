import { pace } from "./pace.mjs";
import { payload } from "./payload.mjs";
import { Seat } from "./seat.mjs";

/** @typedef {import("../contenders/contender.mjs").MakeContender} MakeContender */

/** Bursts of messages under way at once. */
const WINDOW = 4;

/** Who has not connected after this many milliseconds never will. */
const CONNECT_LIMIT = 15_000;

/** A participant that does what the bench tells it, in a page or in a process. */
export class Agent {
  #makers;
  #signalingUrl;
  /** @type {Map<string, Seat>} */
  #seats = new Map();

  /**
   * @param {Record<string, MakeContender>} makers The contenders, by their names.
   * @param {string} signalingUrl
   */
  constructor(makers, signalingUrl) {
    this.#makers = makers;
    this.#signalingUrl = signalingUrl;
  }

  /**
   * A contender hosts. Resolves with its code.
   * @param {string} kind
   * @param {boolean} [relays] For a floor that does not do so by itself: whether it passes messages on.
   */
  host(kind, relays = false) {
    const { contender, ears } = this.#open(kind, kind);
    return contender.host(ears, relays);
  }

  /**
   * A contender joins; now and then a bare libdatachannel never connects, and tries again.
   * @param {string} kind
   * @param {string} code
   * @param {string} [name] Tells several of a kind apart.
   */
  async join(kind, code, name = kind) {
    for (let tries = 3; tries > 0; tries--) {
      const { contender, ears } = this.#open(kind, name);
      if (await isInTime(contender.join(code, ears))) return;
      contender.leave();
    }
    throw new Error(`${kind} does not connect`);
  }

  /**
   * A contender joins. Milliseconds from the call to the first word of the host over the channel: its answer to a message,
   * unless joining has waited for a word anyway. `CONNECT_LIMIT` when there is none by then.
   * @param {string} kind
   * @param {string} code
   */
  async connect(kind, code) {
    const started = performance.now();
    const seat = this.#open(kind, kind);
    const connect = async () => {
      await seat.contender.join(code, seat.ears);
      if (!seat.contender.hearsHost) await seat.echo(0);
    };
    return (await isInTime(connect())) ? performance.now() - started : CONNECT_LIMIT;
  }

  /** @param {string} kind */
  async leave(kind) {
    this.#seat(kind).contender.leave();
    this.#seats.delete(kind);
  }

  /**
   * Round-trip times in milliseconds, one message at a time.
   * @param {string} kind
   * @param {number} count
   */
  async pings(kind, count) {
    const times = [];
    for (let n = 0; n < count; n++) {
      const sent = performance.now();
      await this.#seat(kind).echo(n);
      times.push(performance.now() - sent);
    }
    return times;
  }

  /**
   * Milliseconds until so many bursts of messages have arrived.
   * @param {string} kind
   * @param {number} bursts
   */
  async messages(kind, bursts) {
    const started = performance.now();
    await this.#seat(kind).flood(bursts, WINDOW);
    return performance.now() - started;
  }

  /**
   * Offers states at a pace, as far as the machine keeps up; resolves with their number.
   * @param {string} kind
   * @param {number} perSecond
   * @param {number} ms
   */
  states(kind, perSecond, ms) {
    const { contender } = this.#seat(kind);
    return pace(perSecond, ms, (n) => contender.sendState(payload("silent", n)));
  }

  /**
   * Sends messages at a pace; resolves with their number.
   * @param {string} kind
   * @param {number} perSecond
   * @param {number} ms
   */
  steady(kind, perSecond, ms) {
    const { contender } = this.#seat(kind);
    return pace(perSecond, ms, (n) => contender.send(payload("silent", n)));
  }

  /**
   * How much has come in since the last time.
   * @param {string} seat
   */
  async received(seat) {
    return this.#seat(seat).take();
  }

  /** Processor time that this process has taken so far, in microseconds. */
  async cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  }

  /**
   * @param {string} kind
   * @param {string} name
   */
  #open(kind, name) {
    const make = this.#makers[kind];
    if (!make) throw new Error(`no contender ${kind} here`);
    const seat = new Seat(make(this.#signalingUrl));
    this.#seats.set(name, seat);
    return seat;
  }

  /** @param {string} name */
  #seat(name) {
    const seat = this.#seats.get(name);
    if (!seat) throw new Error(`nobody sits on ${name}`);
    return seat;
  }
}

/**
 * Whether something comes about within `CONNECT_LIMIT`.
 * @param {Promise<void>} attempt
 */
function isInTime(attempt) {
  const late = new Promise((/** @type {(isInTime: boolean) => void} */ resolve) => {
    setTimeout(() => resolve(false), CONNECT_LIMIT);
  });
  const done = attempt.then(
    () => true,
    (error) => {
      console.error(String(error));
      return false;
    },
  );
  return Promise.race([done, late]);
}
