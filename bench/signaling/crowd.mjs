import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "../report/statistics.mjs";
import { clientFrame, TEXT } from "./frames.mjs";
import { OFFER_PAYLOAD } from "./offer.mjs";
import { RawClient } from "./raw-client.mjs";

/** How many connect at once; the kernel queues 511 for a Node server. */
const CONNECTING = 200;
/** As many share a source address, fewer than any server's limit. */
const PER_ADDRESS = 100;
/** Shorter texts are not forwarded offers. */
const OFFER_LENGTH = OFFER_PAYLOAD.sdp.sdp.length;

/** Between two looks at the sockets: about 5 µs. */
const SPINS = 10_000;

/**
 * @typedef {object} Member
 * @property {RawClient} client
 * @property {string} id
 * @property {Buffer} offer Its frame for its partner.
 * @property {Member | undefined} partner
 * @property {boolean} isFirst Of the pair: it begins, and takes the time.
 * @property {number} sentAt 0 when nothing is on the way.
 *
 * @typedef {{ p50: number, p99: number, samples: number, lost: number }} Latencies Milliseconds for the way there and back.
 */

/** Clients that are connected and, in pairs, send each other offers. */
export class Crowd {
  #port;
  #name;
  #firstAddress;
  /** @type {Member[]} */
  #members = [];
  #delivered = 0;
  #isBouncing = false;
  #closed = 0;
  /** @type {number[]} */
  #times = [];
  #error = "";

  /**
   * @param {number} port
   * @param {string} name Stands before all ids.
   * @param {number} firstAddress See `sourceAddress`.
   */
  constructor(port, name, firstAddress) {
    this.#port = port;
    this.#name = name;
    this.#firstAddress = firstAddress;
  }

  /**
   * Until so many are connected.
   * @param {number} count
   * @returns {Promise<number>} How many are.
   */
  async open(count) {
    const lanes = Array.from({ length: CONNECTING }, async () => {
      while (this.#members.length < count) await this.#join();
    });
    await Promise.all(lanes);
    return this.count();
  }

  /** Who is still connected. */
  count() {
    return this.#members.length - this.#closed;
  }

  /** Every pair bounces its offer, as fast as the server can. @param {number} ms @returns {Promise<number>} Messages. */
  async bounce(ms) {
    const before = this.#delivered;
    this.#isBouncing = true;
    for (const member of this.#members) if (member.isFirst) this.#begin(member);
    // Who sleeps must be woken by every message, which costs the sender, here the server, more than the sending.
    await repeat(ms, () => {});
    this.#isBouncing = false;
    await this.#settled(5000);
    if (this.#error) throw new Error(this.#error);
    return this.#delivered - before;
  }

  /**
   * Offers there and back at random moments, whatever the server does.
   * @param {number} perSecond
   * @param {number} ms
   * @param {boolean} sleeps Leaves the processor to others in between.
   * @returns {Promise<Latencies>}
   */
  async pace(perSecond, ms, sleeps) {
    const firsts = this.#members.filter(({ isFirst }) => isFirst);
    this.#times = [];
    const started = performance.now();
    const wait = () => (-Math.log(1 - Math.random()) * 1000) / perSecond;
    let due = started + wait();
    let turn = 0;
    const beginDue = (/** @type {number} */ now) => {
      for (; due <= now; due += wait()) {
        const member = firsts[turn++ % firsts.length];
        if (member && member.sentAt === 0) this.#begin(member);
      }
    };
    if (sleeps) for (; performance.now() - started < ms; await sleep(1)) beginDue(performance.now());
    else await repeat(ms, beginDue);
    await this.#settled(1000);
    const late = firsts.filter(({ sentAt }) => sentAt > 0);
    const times = [...this.#times, ...late.map(({ sentAt }) => performance.now() - sentAt)];
    // Whoever is still on the way has taken at least so long, and starts anew next time.
    for (const member of late) member.sentAt = 0;
    if (this.#error) throw new Error(this.#error);
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), samples: times.length, lost: late.length };
  }

  close() {
    for (const { client } of this.#members) client.close();
    this.#members = [];
    this.#closed = 0;
  }

  /** @param {number} ms At most. */
  async #settled(ms) {
    const until = performance.now() + ms;
    while (performance.now() < until && this.#members.some(({ sentAt }) => sentAt > 0)) await sleep(5);
  }

  #join() {
    const number = this.#members.length;
    const id = `${this.#name}-${number}`;
    const partnerId = `${this.#name}-${number ^ 1}`;
    const client = new RawClient(this.#port, id, sourceAddress(this.#firstAddress + Math.floor(number / PER_ADDRESS)));
    const offer = clientFrame(TEXT, JSON.stringify({ type: "OFFER", payload: OFFER_PAYLOAD, dst: partnerId }));
    const partner = number & 1 ? this.#members[number ^ 1] : undefined;
    /** @type {Member} */
    const member = { client, id, offer, partner, isFirst: !(number & 1), sentAt: 0 };
    if (partner) partner.partner = member;
    this.#members.push(member);
    return new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      client.onClose = () => {
        this.#closed++;
        resolve();
      };
      client.onText = () => {
        client.onText = (data, start, end) => this.#receive(member, data, start, end);
        resolve();
      };
    });
  }

  /** @param {Member} member */
  #begin(member) {
    member.sentAt = performance.now();
    member.client.send(member.offer);
  }

  /**
   * @param {Member} member
   * @param {Buffer} data
   * @param {number} start
   * @param {number} end
   */
  #receive(member, data, start, end) {
    if (end - start < OFFER_LENGTH) return;
    // The first of all shows that the right thing arrives.
    if (this.#delivered++ === 0) this.#check(member, data.toString("utf8", start, end));
    if (!member.isFirst) return void member.client.send(member.offer);
    if (member.sentAt === 0) return;
    this.#times.push(performance.now() - member.sentAt);
    member.sentAt = 0;
    if (this.#isBouncing) this.#begin(member);
  }

  /**
   * @param {Member} member
   * @param {string} text
   */
  #check({ id, partner }, text) {
    const { type, src, dst, payload } = JSON.parse(text);
    const isSame = JSON.stringify(payload) === JSON.stringify(OFFER_PAYLOAD);
    // The floor forwards as it is: without `src`.
    if (type !== "OFFER" || (src ?? partner?.id) !== partner?.id || dst !== id || !isSame)
      this.#error = `not what was sent: ${text}`;
  }
}

/**
 * Calls `act` again and again and lets the sockets speak in between, without sleeping. Not more often than every few
 * microseconds: each turn is garbage, whose collection would be taken for the server's delay.
 * @param {number} ms
 * @param {(now: number) => void} act
 * @returns {Promise<void>}
 */
function repeat(ms, act) {
  const end = performance.now() + ms;
  return new Promise((resolve) => {
    const turn = () => {
      const now = performance.now();
      act(now);
      for (let i = 0; i < SPINS; i++);
      if (now < end) setImmediate(turn);
      else resolve();
    };
    turn();
  });
}

/**
 * An address of the loopback, each of which is a client to a server.
 * @param {number} number
 */
export function sourceAddress(number) {
  return `127.1.${1 + Math.floor(number / 250)}.${1 + (number % 250)}`;
}
