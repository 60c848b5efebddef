import nodeDataChannel from "node-datachannel";
import { WebSocket } from "ws";
import { MAX_BULK_BACKLOG, MAX_STATE_BACKLOG, randomId } from "./contender.mjs";
import { RelayClient } from "./relay-client.mjs";
import { addRemoteCandidate } from "./remote-candidate.mjs";

/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */
/** @typedef {import("node-datachannel").PeerConnection} PeerConnection */
/** @typedef {import("node-datachannel").DataChannel} DataChannel */
/** @typedef {import("node-datachannel").DescriptionType} DescriptionType */

/**
 * How a host passes a message on to the others: unread, or read and written anew, once or for each of them. `chunk`: bytes of a
 * message at the most; longer ones are cut. `backlog`: no more of them wait. `hasBulkChannel`: they have a channel of their own.
 * @typedef {{ relay?: "unread" | "decoded" | "decoded for each", chunk?: number, backlog?: number, hasBulkChannel?: boolean }} BareOptions
 */

/**
 * The floor in Node: the shortest correct code on node-datachannel's native API.
 * @implements {Contender}
 */
export class BareNode {
  hearsHost = false;
  #id = randomId();
  #relay;
  /** @type {Map<string, PeerConnection>} */
  #connections = new Map();
  /** @type {Set<DataChannel>} */
  #joiners = new Set();
  /** @type {DataChannel | undefined} */
  #data;
  /** @type {DataChannel | undefined} */
  #bulk;
  #wake = () => {};
  /** @type {Set<DataChannel>} */
  #states = new Set();
  #options;
  #backlog;

  /**
   * @param {string} signalingUrl
   * @param {BareOptions} [options]
   */
  constructor(signalingUrl, options = {}) {
    this.#options = options;
    this.#backlog = options.backlog ?? MAX_BULK_BACKLOG;
    this.#relay = new RelayClient(
      /** @type {typeof globalThis.WebSocket} */ (/** @type {unknown} */ (WebSocket)),
      signalingUrl,
      this.#id,
    );
  }

  /**
   * @param {Ears} ears
   * @param {boolean} relays Whether it passes everything on to the other joiners.
   */
  async host(ears, relays) {
    this.#relay.onSignal = ({ type, src, payload }) => {
      if (type === "OFFER") {
        const pc = this.#connect(src, "ANSWER");
        pc.onDataChannel((channel) => {
          if (channel.getLabel() === "state") {
            this.#states.add(channel);
            channel.onClosed(() => this.#states.delete(channel));
            return listen(channel, ears);
          }
          if (channel.getLabel() === "bulk") return listen(channel, ears);
          this.#joiners.add(channel);
          channel.onClosed(() => {
            this.#joiners.delete(channel);
            this.#connections.delete(src);
            pc.close();
          });
          if (relays) channel.onMessage((text) => this.#forward(channel, String(text)));
          else listen(channel, ears);
        });
        pc.setRemoteDescription(payload.sdp, payload.type);
      } else if (type === "CANDIDATE") addRemoteCandidate(this.#connections.get(src), payload);
    };
    await this.#relay.opened;
    return this.#id;
  }

  /**
   * @param {string} code
   * @param {Ears} ears
   */
  async join(code, ears) {
    const pc = this.#connect(code, "OFFER");
    this.#relay.onSignal = ({ type, payload }) => {
      if (type === "ANSWER") pc.setRemoteDescription(payload.sdp, payload.type);
      else if (type === "CANDIDATE") addRemoteCandidate(pc, payload);
    };
    const state = pc.createDataChannel("state", { unordered: true, maxRetransmits: 0 });
    this.#states.add(state);
    listen(state, ears);
    const data = (this.#data = pc.createDataChannel("data"));
    listen(data, ears);
    const bulk = (this.#bulk = this.#options.hasBulkChannel ? pc.createDataChannel("bulk") : data);
    bulk.setBufferedAmountLowThreshold(this.#backlog / 2);
    bulk.onBufferedAmountLow(() => this.#wake());
    await new Promise((resolve) => data.onOpen(() => resolve(undefined)));
  }

  /** @param {Payload} data */
  send(data) {
    this.#data?.sendMessage(JSON.stringify(data));
  }

  /** @param {Uint8Array} bytes */
  sendBytes(bytes) {
    const { chunk = 64 * 1024 } = this.#options;
    if (bytes.length > chunk) return this.#sendCut(bytes, chunk);
    this.#bulk?.sendMessageBinary(bytes);
    return (this.#bulk?.bufferedAmount() ?? 0) > this.#backlog ? this.#isLow() : undefined;
  }

  /** @param {Payload} data */
  sendState(data) {
    const text = JSON.stringify(data);
    for (const channel of this.#states) {
      if (channel.isOpen() && channel.bufferedAmount() <= MAX_STATE_BACKLOG) channel.sendMessage(text);
    }
  }

  leave() {
    for (const pc of this.#connections.values()) pc.close();
    this.#relay.close();
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} chunk
   */
  async #sendCut(bytes, chunk) {
    for (let at = 0; at < bytes.length; at += chunk) await this.sendBytes(bytes.subarray(at, at + chunk));
  }

  /** @returns {Promise<void>} */
  #isLow() {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /**
   * @param {DataChannel} from
   * @param {string} text
   */
  #forward(from, text) {
    const { relay = "unread" } = this.#options;
    const data = relay === "unread" ? undefined : JSON.parse(text);
    let copy = relay === "decoded" ? JSON.stringify(data) : text;
    for (const channel of this.#joiners) {
      if (channel === from || !channel.isOpen()) continue;
      if (relay === "decoded for each") copy = JSON.stringify(data);
      channel.sendMessage(copy);
    }
  }

  /**
   * @param {string} remote
   * @param {"OFFER" | "ANSWER"} step
   */
  #connect(remote, step) {
    const pc = new nodeDataChannel.PeerConnection(this.#id, { iceServers: [] });
    this.#connections.set(remote, pc);
    pc.onLocalDescription((sdp, type) => this.#relay.send(step, remote, { sdp, type }));
    pc.onLocalCandidate((candidate, sdpMid) => this.#relay.send("CANDIDATE", remote, { candidate, sdpMid }));
    return pc;
  }
}

/**
 * @param {DataChannel} channel
 * @param {Ears} ears
 */
function listen(channel, ears) {
  const isState = channel.getLabel() === "state";
  /** @param {Payload} data */
  const reply = (data) => void channel.sendMessage(JSON.stringify(data));
  channel.onMessage((text) => {
    if (typeof text !== "string") return ears.bytes(text.byteLength, reply);
    const object = JSON.parse(text);
    if (isState) ears.state(object);
    else ears.message(object, reply);
  });
}
