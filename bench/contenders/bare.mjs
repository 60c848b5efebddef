import { MAX_BULK_BACKLOG, MAX_STATE_BACKLOG, randomId } from "./contender.mjs";
import { RelayClient } from "./relay-client.mjs";

/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */

/**
 * The floor: the shortest correct code on a browser's own `RTCPeerConnection`. Offer, answer and trickled candidates go
 * over the same signaling server; the offer is made while the socket opens.
 * @implements {Contender}
 */
export class Bare {
  hearsHost = false;
  #id = randomId();
  #relay;
  #chunk;
  /** @type {Map<string, RTCPeerConnection>} */
  #connections = new Map();
  /** @type {RTCDataChannel | undefined} */
  #data;
  /** @type {RTCDataChannel | undefined} */
  #state;

  /**
   * @param {string} signalingUrl
   * @param {number} [chunk] Bytes of a message at the most; longer ones are cut.
   */
  constructor(signalingUrl, chunk = 64 * 1024) {
    this.#chunk = chunk;
    this.#relay = new RelayClient(WebSocket, signalingUrl, this.#id);
    this.#relay.onSignal = ({ type, src, payload }) => {
      const pc = this.#connections.get(src);
      if (type === "OFFER") void this.#answer(src, payload);
      else if (type === "ANSWER") void pc?.setRemoteDescription(payload);
      else if (type === "CANDIDATE") void pc?.addIceCandidate(payload);
    };
  }

  /** @type {Ears | undefined} */
  #ears;

  /** @param {Ears} ears */
  async host(ears) {
    this.#ears = ears;
    await this.#relay.opened;
    return this.#id;
  }

  /**
   * @param {string} code
   * @param {Ears} ears
   */
  async join(code, ears) {
    this.#ears = ears;
    const pc = this.#connect(code);
    this.#state = pc.createDataChannel("state", { ordered: false, maxRetransmits: 0 });
    const data = (this.#data = pc.createDataChannel("data"));
    this.#listen(data);
    const opened = new Promise((resolve) => (data.onopen = resolve));
    await pc.setLocalDescription();
    this.#relay.send("OFFER", code, pc.localDescription);
    await opened;
  }

  /** @param {Payload} data */
  send(data) {
    this.#data?.send(JSON.stringify(data));
  }

  /** @param {Uint8Array} bytes */
  sendBytes(bytes) {
    if (bytes.length > this.#chunk) return this.#sendCut(bytes);
    const channel = this.#data;
    channel?.send(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
    return channel && channel.bufferedAmount > MAX_BULK_BACKLOG ? isLow(channel) : undefined;
  }

  /** @param {Payload} data */
  sendState(data) {
    const channel = this.#state;
    if (channel?.readyState !== "open" || channel.bufferedAmount > MAX_STATE_BACKLOG) return;
    channel.send(JSON.stringify(data));
  }

  leave() {
    for (const pc of this.#connections.values()) pc.close();
    this.#relay.close();
  }

  /** @param {Uint8Array} bytes */
  async #sendCut(bytes) {
    for (let at = 0; at < bytes.length; at += this.#chunk) await this.sendBytes(bytes.subarray(at, at + this.#chunk));
  }

  /**
   * @param {string} id
   * @param {RTCSessionDescriptionInit} offer
   */
  async #answer(id, offer) {
    const pc = this.#connect(id);
    pc.ondatachannel = ({ channel }) => {
      this.#listen(channel);
      channel.onclose = () => pc.close();
    };
    // Calls on one connection wait for each other: candidates that come now are taken after the offer.
    void pc.setRemoteDescription(offer);
    await pc.setLocalDescription();
    this.#relay.send("ANSWER", id, pc.localDescription);
  }

  /** @param {string} remote */
  #connect(remote) {
    const pc = new RTCPeerConnection({ iceServers: [] });
    this.#connections.set(remote, pc);
    pc.onicecandidate = ({ candidate }) => {
      if (candidate) this.#relay.send("CANDIDATE", remote, candidate);
    };
    return pc;
  }

  /** @param {RTCDataChannel} channel */
  #listen(channel) {
    const isState = channel.label === "state";
    channel.binaryType = "arraybuffer";
    channel.bufferedAmountLowThreshold = MAX_BULK_BACKLOG / 2;
    /** @param {Payload} data */
    const reply = (data) => channel.send(JSON.stringify(data));
    channel.onmessage = ({ data }) => {
      if (typeof data !== "string") return this.#ears?.bytes(data.byteLength, reply);
      const object = JSON.parse(data);
      if (isState) this.#ears?.state(object);
      else this.#ears?.message(object, reply);
    };
  }
}

/**
 * @param {RTCDataChannel} channel
 * @returns {Promise<void>}
 */
function isLow(channel) {
  return new Promise((resolve) => (channel.onbufferedamountlow = () => resolve()));
}
