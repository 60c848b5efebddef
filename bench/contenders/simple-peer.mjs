import { MAX_STATE_BACKLOG, randomId } from "./contender.mjs";
import { RelayClient } from "./relay-client.mjs";

/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */

/**
 * The members of simple-peer in use; it has no types of its own.
 * @typedef {object} SimplePeerConnection
 * @property {(event: string, listener: (value: any) => void) => void} on
 * @property {(data: { type?: string }) => void} signal
 * @property {(text: string) => void} send
 * @property {(bytes: Uint8Array) => boolean} write
 * @property {(event: string, listener: () => void) => void} once
 * @property {number} bufferSize
 * @property {() => void} destroy
 *
 * @typedef {{ SimplePeer: new (options: object) => SimplePeerConnection }} Globals
 */

/** Of its messages at the most, in bytes; it cuts nothing by itself. */
const CHUNK = 64 * 1024;

/**
 * simple-peer. It brings no signaling: its signals go over the same relay as the floor's, its offer is made while the
 * socket opens, too. One channel for each connection.
 * @implements {Contender}
 */
export class SimplePeer {
  hearsHost = false;
  #id = randomId();
  #relay;
  #isReliable;
  /** @type {Map<string, SimplePeerConnection>} */
  #peers = new Map();
  /** @type {SimplePeerConnection | undefined} */
  #host;

  /**
   * @param {string} signalingUrl
   * @param {boolean} isReliable
   */
  constructor(signalingUrl, isReliable) {
    this.#isReliable = isReliable;
    this.#relay = new RelayClient(WebSocket, signalingUrl, this.#id);
  }

  /** @param {Ears} ears */
  async host(ears) {
    this.#relay.onSignal = ({ type, src, payload }) => {
      const peer = type === "OFFER" ? this.#connect(src, false, ears) : this.#peers.get(src);
      peer?.signal(payload);
    };
    await this.#relay.opened;
    return this.#id;
  }

  /**
   * @param {string} code
   * @param {Ears} ears
   */
  async join(code, ears) {
    const peer = this.#connect(code, true, ears);
    this.#host = peer;
    this.#relay.onSignal = ({ payload }) => peer.signal(payload);
    await new Promise((resolve) => peer.on("connect", resolve));
  }

  /** @param {Payload} data */
  send(data) {
    this.#host?.send(JSON.stringify(data));
  }

  /**
   * As a stream, its own way to wait.
   * @param {Uint8Array} bytes
   */
  sendBytes(bytes) {
    if (bytes.length > CHUNK) return this.#sendCut(bytes);
    return this.#host?.write(bytes) ? undefined : this.#drained();
  }

  /** @param {Payload} data */
  sendState(data) {
    if ((this.#host?.bufferSize ?? 0) <= MAX_STATE_BACKLOG) this.send(data);
  }

  leave() {
    for (const peer of this.#peers.values()) peer.destroy();
    this.#relay.close();
  }

  /** @param {Uint8Array} bytes */
  async #sendCut(bytes) {
    for (let at = 0; at < bytes.length; at += CHUNK) await this.sendBytes(bytes.subarray(at, at + CHUNK));
  }

  /** @returns {Promise<void>} */
  #drained() {
    return new Promise((resolve) => this.#host?.once("drain", resolve));
  }

  /**
   * @param {string} remote
   * @param {boolean} initiator
   * @param {Ears} ears
   */
  #connect(remote, initiator, ears) {
    const { SimplePeer: Peer } = /** @type {Globals} */ (/** @type {unknown} */ (globalThis));
    const channelConfig = this.#isReliable ? {} : { ordered: false, maxRetransmits: 0 };
    // Object mode keeps strings strings; without it each message becomes a Buffer first.
    const peer = new Peer({ initiator, channelConfig, config: { iceServers: [] }, objectMode: true });
    this.#peers.set(remote, peer);
    peer.on("error", () => {});
    peer.on("signal", (data) => this.#relay.send(signalType(data.type), remote, data));
    /** @param {Payload} data */
    const reply = (data) => peer.send(JSON.stringify(data));
    peer.on("data", (text) => {
      if (typeof text !== "string") return ears.bytes(text.byteLength, reply);
      const object = JSON.parse(text);
      if (this.#isReliable) ears.message(object, reply);
      else ears.state(object);
    });
    return peer;
  }
}

/**
 * The server forwards these three.
 * @param {string} type
 */
function signalType(type) {
  return type === "offer" || type === "answer" ? type.toUpperCase() : "CANDIDATE";
}
