import { MAX_STATE_BACKLOG, randomId } from "./contender.mjs";

/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */
/** @typedef {import("peerjs").DataConnection} DataConnection */

/**
 * PeerJS, with JSON or with its own binary format (its default), at its best: an id of its own saves its HTTP request for one. It has no lossy
 * channel; `isReliable: false` is unordered. JSON takes no message of 16 KiB; binary cuts longer ones, and queues without limit.
 * @implements {Contender}
 */
export class PeerJs {
  hearsHost = false;
  #id = randomId();
  #peer;
  #isReliable;
  #serialization;
  #Object;
  /** @type {DataConnection | undefined} */
  #connection;

  /**
   * @param {typeof import("peerjs").Peer} Peer
   * @param {string} signalingUrl
   * @param {{ isReliable?: boolean, serialization?: "json" | "binary", Object?: ObjectConstructor }} [how] `Object`: that of the
   * window where PeerJS runs; binary knows no other.
   */
  constructor(Peer, signalingUrl, { isReliable = true, serialization = "json", Object: Own } = {}) {
    this.#Object = Own;
    this.#serialization = serialization;
    this.#isReliable = isReliable;
    const { hostname: host, port } = new URL(signalingUrl);
    this.#peer = new Peer(this.#id, { host, port: Number(port), path: "/", config: { iceServers: [] } });
    this.#peer.on("error", (error) => console.error(error));
  }

  /** @param {Ears} ears */
  async host(ears) {
    this.#peer.on("connection", (connection) => this.#listen(connection, ears));
    await this.#opened();
    return this.#id;
  }

  /**
   * @param {string} code
   * @param {Ears} ears
   */
  async join(code, ears) {
    await this.#opened();
    const connection = this.#peer.connect(code, { reliable: this.#isReliable, serialization: this.#serialization });
    this.#connection = connection;
    this.#listen(connection, ears);
    await new Promise((resolve) => connection.on("open", () => resolve(undefined)));
  }

  /** @param {Payload} data */
  send(data) {
    void this.#connection?.send(this.#own(data));
  }

  /** @param {Uint8Array} bytes */
  sendBytes(bytes) {
    void this.#connection?.send(bytes);
    return undefined;
  }

  /** @param {Payload} data */
  sendState(data) {
    if ((this.#connection?.dataChannel.bufferedAmount ?? 0) <= MAX_STATE_BACKLOG) this.send(data);
  }

  leave() {
    this.#peer.destroy();
  }

  /** @param {Payload} data */
  #own(data) {
    return this.#Object ? Object.assign(new this.#Object(), data) : data;
  }

  #opened() {
    return new Promise((resolve) => this.#peer.on("open", resolve));
  }

  /**
   * @param {DataConnection} connection
   * @param {Ears} ears
   */
  #listen(connection, ears) {
    /** @param {Payload} data */
    const reply = (data) => void connection.send(this.#own(data));
    connection.on("data", (data) => {
      const length = byteLengthOf(data);
      if (length !== undefined) return ears.bytes(length, reply);
      const object = /** @type {Payload} */ (data);
      if (this.#isReliable) ears.message(object, reply);
      else ears.state(object);
    });
  }
}

/**
 * From a page's own window and from the frame's, whose types are others.
 * @param {any} data
 * @returns {number | undefined}
 */
function byteLengthOf(data) {
  return data.byteLength;
}
