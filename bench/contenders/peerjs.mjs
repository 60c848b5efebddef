import { MAX_STATE_BACKLOG, randomId } from "./contender.mjs";

/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */
/** @typedef {import("peerjs").DataConnection} DataConnection */

/**
 * PeerJS with `serialization: "json"`, at its best: an id of its own saves its HTTP request for one. It has no lossy
 * channel; `isReliable: false` is unordered.
 * @implements {Contender}
 */
export class PeerJs {
  hearsHost = false;
  #id = randomId();
  #peer;
  #isReliable;
  /** @type {DataConnection | undefined} */
  #connection;

  /**
   * @param {typeof import("peerjs").Peer} Peer
   * @param {string} signalingUrl
   * @param {boolean} isReliable
   */
  constructor(Peer, signalingUrl, isReliable) {
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
    const connection = this.#peer.connect(code, { reliable: this.#isReliable, serialization: "json" });
    this.#connection = connection;
    this.#listen(connection, ears);
    await new Promise((resolve) => connection.on("open", () => resolve(undefined)));
  }

  /** @param {Payload} data */
  send(data) {
    void this.#connection?.send(data);
  }

  /** @param {Payload} data */
  sendState(data) {
    if ((this.#connection?.dataChannel.bufferedAmount ?? 0) <= MAX_STATE_BACKLOG) this.send(data);
  }

  leave() {
    this.#peer.destroy();
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
    const reply = (data) => void connection.send(data);
    connection.on("data", (data) => {
      const object = /** @type {Payload} */ (data);
      if (this.#isReliable) ears.message(object, reply);
      else ears.state(object);
    });
  }
}
