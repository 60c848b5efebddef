import { createSocket } from "node:dgram";
import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { portOf } from "../signaling/bare-server.mjs";
import { replaceCandidates } from "./candidates.mjs";
import { Direction } from "./direction.mjs";

/** @typedef {import("./candidates.mjs").Address} Address */
/** @typedef {import("./direction.mjs").Conditions} Conditions */

/** Stands for one of two sides: what the other one sends there comes out at this one's own address. */
class Stand {
  socket = createSocket("udp4");
  /** Of the side it stands for. @type {Address | undefined} */
  own;
  /** @type {Promise<Address> | undefined} */
  #opened;

  /** @param {string} address */
  open(address) {
    this.#opened ??= new Promise((resolve) => {
      this.socket.bind(0, address, () => resolve({ address, port: this.socket.address().port }));
    });
    return this.#opened;
  }
}

/** @typedef {{ sides: Map<string, Stand> }} Pair */

/**
 * A link of a given quality between any two that find each other by its signaling, a proxy: it puts its own addresses in place of
 * theirs, and forwards their packets.
 */
export class Link {
  /** @type {Conditions} */
  #conditions = { delay: 0, rate: 1e9, queue: 1e9, loss: 0 };
  #carried = 0;
  #upstream;
  #server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  /** By both ids. @type {Map<string, Promise<Pair>>} */
  #pairs = new Map();

  /** @param {string} upstream The signaling server's URL without path. */
  constructor(upstream) {
    this.#upstream = upstream;
    this.#server.on("connection", (socket, request) => this.#proxy(socket, request.url ?? ""));
  }

  /** The port of its signaling. */
  async port() {
    if (!this.#server.address()) await once(this.#server, "listening");
    return portOf(this.#server);
  }

  /** Bytes that it has carried so far, in both directions. */
  async carried() {
    return this.#carried;
  }

  /** @param {Conditions} conditions From now on, of all. */
  async change(conditions) {
    Object.assign(this.#conditions, conditions);
  }

  /**
   * @param {WebSocket} socket
   * @param {string} path
   */
  #proxy(socket, path) {
    const id = new URLSearchParams(path.split("?")[1]).get("id") ?? "";
    const server = new WebSocket(this.#upstream + path);
    let order = once(server, "open").then(() => {});
    for (const one of [socket, server]) one.on("error", () => {});
    server.on("message", (text) => socket.send(String(text)));
    server.on("close", () => socket.close());
    socket.on("close", () => server.close());
    socket.on("message", (text) => {
      order = order.then(async () => {
        const changed = await this.#changed(id, JSON.parse(String(text)));
        if (changed) server.send(JSON.stringify(changed));
      });
    });
  }

  /**
   * @param {string} id
   * @param {{ dst?: string, payload?: unknown }} signal
   */
  async #changed(id, signal) {
    if (!signal.dst || !signal.payload) return signal;
    const { sides } = await this.#pair(id, signal.dst);
    const stand = /** @type {Stand} */ (sides.get(id));
    const text = JSON.stringify(signal.payload);
    const address = /candidate:\S+ \d+ udp \d+ (\d+\.\d+\.\d+\.\d+) \d+ typ/i.exec(text)?.[1];
    const own = address ? await stand.open(address) : undefined;
    const payload = replaceCandidates(signal.payload, (found) => {
      stand.own ??= found;
      // Others of its candidates lead there, too.
      return own;
    });
    return payload === undefined ? undefined : { ...signal, payload };
  }

  /**
   * @param {string} one
   * @param {string} other
   */
  #pair(one, other) {
    const key = [one, other].sort().join(" ");
    let pair = this.#pairs.get(key);
    if (!pair) this.#pairs.set(key, (pair = this.#newPair(one, other)));
    return pair;
  }

  /**
   * @param {string} one
   * @param {string} other
   */
  async #newPair(one, other) {
    const [a, b] = [new Stand(), new Stand()];
    for (const [at, from] of /** @type {const} */ ([
      [a, b],
      [b, a],
    ])) {
      // What came to the stand of `at` is for `at`, as if from the stand of the other one.
      const way = new Direction(this.#conditions, (packet) => {
        // Nothing leaves before both sides are known.
        this.#carried += packet.length;
        if (at.own && from.own) from.socket.send(packet, at.own.port, at.own.address);
      });
      at.socket.on("message", (packet) => way.send(packet));
      at.socket.unref();
    }
    return {
      sides: new Map([
        [one, a],
        [other, b],
      ]),
    };
  }
}
