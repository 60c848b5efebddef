/**
 * How a link behaves, in each direction.
 * @typedef {object} Conditions
 * @property {number} delay Milliseconds.
 * @property {number} rate Bytes a second; what is more waits.
 * @property {number} queue Bytes that may wait; what is more gets lost.
 * @property {number} loss From 0 to 1.
 */

/** Of IPv4 and UDP, which a rate counts, too. */
const HEADERS = 28;

/** One direction of a link: packets leave one after the other at its rate, and arrive later or not at all. */
export class Direction {
  #conditions;
  #deliver;
  /** When the last packet will have left. */
  #leaves = 0;
  /** @type {{ packet: Buffer, at: number }[]} */
  #underWay = [];
  #isTimed = false;

  /**
   * @param {Conditions} conditions Those of now: they may change.
   * @param {(packet: Buffer) => void} deliver
   */
  constructor(conditions, deliver) {
    this.#conditions = conditions;
    this.#deliver = deliver;
  }

  /** @param {Buffer} packet */
  send(packet) {
    const { delay, rate, queue, loss } = this.#conditions;
    const now = performance.now();
    const size = packet.length + HEADERS;
    const start = Math.max(now, this.#leaves);
    if (Math.random() < loss || ((start - now) / 1000) * rate > queue) return;
    this.#leaves = start + (size / rate) * 1000;
    this.#underWay.push({ packet, at: this.#leaves + delay });
    this.#wait();
  }

  #wait() {
    const next = this.#underWay[0];
    if (this.#isTimed || !next) return;
    this.#isTimed = true;
    // Node's timers are a millisecond late.
    setTimeout(() => this.#arrive(), next.at - performance.now() - 1);
  }

  #arrive() {
    this.#isTimed = false;
    const now = performance.now() + 0.5;
    let due = 0;
    for (; (this.#underWay[due]?.at ?? Number.POSITIVE_INFINITY) <= now; due++)
      this.#deliver(/** @type {{ packet: Buffer }} */ (this.#underWay[due]).packet);
    this.#underWay.splice(0, due);
    this.#wait();
  }
}
