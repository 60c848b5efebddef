import { measureFormats } from "../frames/measure-formats.mjs";
import { CONNECT_LIMIT, isInTime } from "./connect-limit.mjs";
import { metronome, pace } from "./pace.mjs";
import { payload, stamp } from "./payload.mjs";
import { Seat } from "./seat.mjs";

/** @typedef {import("../contenders/contender.mjs").MakeContender} MakeContender */

/** Bursts of messages under way at once. */
const WINDOW = 4;

/** A participant that does what the bench tells it, in a page or in a process. */
export class Agent {
  #makers;
  #signalingUrl;
  /** @type {Map<string, Seat>} */
  #seats = new Map();
  /** What ends each, and tells how many there were. @type {Map<string, () => number>} */
  #drips = new Map();

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
   * @param {string} [name] Tells several of a kind apart.
   */
  host(kind, relays = false, name = kind) {
    const { contender, ears } = this.#open(kind, name);
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

  /**
   * A contender joins a network that others have joined. Milliseconds from the call until it is in, and until it is connected to
   * every other node without a detour.
   * @param {string} kind
   * @param {string} code
   * @param {string} name
   */
  async joinOthers(kind, code, name) {
    const started = performance.now();
    const { contender, ears } = this.#open(kind, name);
    await contender.join(code, ears);
    const isIn = performance.now() - started;
    await contender.whole?.();
    return { isIn, isWhole: performance.now() - started };
  }

  /**
   * A contender that knows only pairs joins one host, and then all others at once. Milliseconds as from `joinOthers`.
   * @param {string} kind
   * @param {string[]} codes
   * @param {string[]} names For its side of each connection.
   */
  async joinEach(kind, codes, names) {
    const started = performance.now();
    const join = (/** @type {string} */ code, /** @type {number} */ index) => this.join(kind, code, names[index]);
    await join(codes[0] ?? "", 0);
    const isIn = performance.now() - started;
    await Promise.all(codes.slice(1).map((code, index) => join(code, index + 1)));
    return { isIn, isWhole: performance.now() - started };
  }

  /** @param {string} kind */
  async leave(kind) {
    this.#drips.get(kind)?.();
    this.#seat(kind).contender.leave();
    this.#seats.delete(kind);
  }

  /**
   * Round-trip times in milliseconds, one message at a time.
   * @param {string} kind
   * @param {number} count
   * @param {{ to?: string, gap?: number }} [how] To a node other than the host, with milliseconds between.
   */
  async pings(kind, count, { to, gap } = {}) {
    const times = [];
    for (let n = 0; n < count; n++) {
      const sent = performance.now();
      await this.#seat(kind).echo(n, to);
      times.push(performance.now() - sent);
      if (gap) await new Promise((resolve) => setTimeout(resolve, gap));
    }
    return times;
  }

  /**
   * What the others know this one by.
   * @param {string} name
   */
  async id(name) {
    return this.#seat(name).contender.id?.() ?? "";
  }

  /**
   * Bytes that a seat has sent and received so far, and its connections.
   * @param {string} name
   */
  async traffic(name) {
    return this.#seat(name).contender.traffic?.() ?? { sent: 0, received: 0, links: 0 };
  }

  /**
   * Sends states by a timer from now on, as a game does: at a few a second, with a processor that rests between.
   * @param {string} name
   * @param {number} perSecond
   * @param {number} after Milliseconds until the first, so that not all nodes send at once.
   */
  async drip(name, perSecond, after) {
    const { contender } = this.#seat(name);
    let n = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    let each;
    const first = setTimeout(() => {
      each = setInterval(() => contender.sendState(payload("silent", ++n)), 1000 / perSecond);
    }, after);
    this.#drips.set(name, () => {
      clearTimeout(first);
      clearInterval(each);
      this.#drips.delete(name);
      return n;
    });
  }

  /**
   * Ends what `drip` began; resolves with the number of states sent.
   * @param {string} name
   */
  async dry(name) {
    return this.#drips.get(name)?.() ?? 0;
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
   * Offers stamped states at a pace, as far as the machine keeps up; resolves with their number.
   * @param {string} kind
   * @param {number} perSecond
   * @param {number} ms
   */
  states(kind, perSecond, ms) {
    const { contender } = this.#seat(kind);
    return pace(perSecond, ms, (n) => contender.sendState(stamp(n)));
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
   * Sends bursts of messages by a timer.
   * @param {string} name
   * @param {number} messages In each burst.
   * @param {number} perSecond
   * @param {number} ms
   */
  bursts(name, messages, perSecond, ms) {
    const { contender } = this.#seat(name);
    return metronome(perSecond, ms, () => {
      for (let n = 1; n <= messages; n++) contender.send(payload("silent", n));
    });
  }

  /**
   * Milliseconds until so many messages of bytes have arrived.
   * @param {string} name
   * @param {number} size
   * @param {number} count
   */
  bulk(name, size, count) {
    return this.#seat(name).bulk(size, count);
  }

  /**
   * Begins to send a message of bytes; it ends when it will, or when its sender leaves.
   * @param {string} name
   * @param {number} size
   */
  async beginBulk(name, size) {
    this.#seat(name)
      .pour(new Uint8Array(size), 1)
      .catch(() => {});
  }

  /**
   * Round-trip times in milliseconds, one message at a time, for as long; one that is not back by then took until then.
   * @param {string} name
   * @param {number} ms
   * @param {number} gap Milliseconds between.
   */
  async pingsFor(name, ms, gap) {
    const end = performance.now() + ms;
    /** @type {number[]} */
    const times = [];
    while (performance.now() < end) {
      const sent = performance.now();
      await Promise.race([this.#seat(name).echo(times.length), new Promise((r) => setTimeout(r, end - sent))]);
      times.push(performance.now() - sent);
      await new Promise((resolve) => setTimeout(resolve, gap));
    }
    return times;
  }

  /**
   * Sends stamped messages, states or both by a timer, as a game does; resolves with their number.
   * @param {string} name
   * @param {readonly ("messages" | "states")[]} lanes
   * @param {number} perSecond
   * @param {number} ms
   */
  stamps(name, lanes, perSecond, ms) {
    const { contender } = this.#seat(name);
    return metronome(perSecond, ms, (n) => {
      if (lanes.includes("states")) contender.sendState(stamp(n));
      if (lanes.includes("messages")) contender.send(stamp(n));
    });
  }

  /**
   * The stamped ones that came in since the last time.
   * @param {string} name
   */
  async arrivals(name) {
    return this.#seat(name).takeArrivals();
  }

  /**
   * How old the stamped states were that came in since the last time.
   * @param {string} name
   */
  async ages(name) {
    return this.#seat(name).takeAges();
  }

  /**
   * What formats of messages cost here.
   * @param {number} count Messages that leave at once.
   * @param {number} ms
   */
  async formats(count, ms) {
    return measureFormats(count, ms);
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
