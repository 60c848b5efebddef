import nodeDataChannel from "node-datachannel";
import { WebSocket } from "ws";
import { RelayClient } from "./relay-client.mjs";
import { addRemoteCandidate } from "./remote-candidate.mjs";

/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */
/** @typedef {import("./relay-client.mjs").Signal} Signal */
/** @typedef {import("node-datachannel").PeerConnection} PeerConnection */
/** @typedef {import("node-datachannel").DataChannel} DataChannel */

const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/**
 * An existing native Clayground app, as far as connecting goes: libdatachannel with its own defaults, which answers at
 * once and then trickles, with the frames that such apps send. It announces nothing of this library.
 * @implements {Contender}
 */
export class NativeApp {
  hearsHost = false;
  #signalingUrl;
  /** @type {RelayClient | undefined} */
  #signaling;
  /** @type {Map<string, PeerConnection>} */
  #connections = new Map();
  /** @type {DataChannel | undefined} */
  #data;

  /** @param {string} signalingUrl */
  constructor(signalingUrl) {
    this.#signalingUrl = signalingUrl;
  }

  /** @param {Ears} ears */
  async host(ears) {
    const code = draw(6, ALPHABET);
    const signaling = this.#open(code, (signal) => {
      if (signal.type === "OFFER") this.#answer(code, signal, ears);
    });
    await signaling.opened;
    return code;
  }

  /**
   * @param {string} code
   * @param {Ears} ears
   */
  async join(code, ears) {
    const id = draw(16, "0123456789abcdef");
    const connectionId = `${id}_${code}`;
    const signaling = this.#open(id, ({ type, payload }) => {
      if (type === "ANSWER") pc.setRemoteDescription(payload.sdp.sdp, payload.sdp.type);
    });
    await signaling.opened;
    const pc = this.#connect(id, code, (sdp) => {
      const payload = { browser: "libdatachannel", connectionId, label: connectionId, reliable: true };
      signaling.send("OFFER", code, { ...payload, sdp: { sdp, type: "offer" }, serialization: "json", type: "data" });
    });
    pc.createDataChannel("state", { unordered: true, maxRetransmits: 0 });
    const data = (this.#data = pc.createDataChannel("data"));
    listen(data, ears);
    await new Promise((resolve) => data.onOpen(() => resolve(undefined)));
  }

  /** @param {Payload} data */
  send(data) {
    if (this.#data) send(this.#data, { d: data, t: "m" });
  }

  sendState() {}

  leave() {
    for (const pc of this.#connections.values()) pc.close();
    this.#signaling?.close();
  }

  /**
   * @param {string} id
   * @param {(signal: Signal) => void} hear
   */
  #open(id, hear) {
    const signaling = new RelayClient(
      /** @type {typeof globalThis.WebSocket} */ (/** @type {unknown} */ (WebSocket)),
      this.#signalingUrl,
      id,
    );
    this.#signaling = signaling;
    signaling.onSignal = (signal) => {
      hear(signal);
      if (signal.type === "CANDIDATE") addRemoteCandidate(this.#connections.get(signal.src), signal.payload.candidate);
    };
    return signaling;
  }

  /**
   * @param {string} code
   * @param {Signal} offer
   * @param {Ears} ears
   */
  #answer(code, { src, payload: offer }, ears) {
    const pc = this.#connect(code, src, (sdp) => {
      const payload = { browser: "libdatachannel", connectionId: offer.connectionId, sdp: { sdp, type: "answer" } };
      this.#signaling?.send("ANSWER", src, { ...payload, type: "data" });
    });
    pc.onDataChannel((channel) => {
      if (channel.getLabel() === "state") return;
      listen(channel, ears);
      send(channel, { nodes: [], sys: "roster", t: "y" });
      channel.onClosed(() => {
        this.#connections.delete(src);
        pc.close();
      });
    });
    pc.setRemoteDescription(offer.sdp.sdp, offer.sdp.type);
  }

  /**
   * @param {string} own
   * @param {string} remote
   * @param {(sdp: string) => void} described
   */
  #connect(own, remote, described) {
    const pc = new nodeDataChannel.PeerConnection(own, { iceServers: [] });
    this.#connections.set(remote, pc);
    const connectionId = `${own}_${remote}`;
    pc.onLocalDescription(described);
    pc.onLocalCandidate((line, sdpMid) => {
      const candidate = { candidate: line.replace(/^a=/, ""), sdpMLineIndex: 0, sdpMid };
      this.#signaling?.send("CANDIDATE", remote, { candidate, connectionId, type: "data" });
    });
    return pc;
  }
}

/**
 * @param {DataChannel} channel
 * @param {Ears} ears
 */
function listen(channel, ears) {
  channel.onMessage((bytes) => {
    const frame = JSON.parse(typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes));
    if (frame.t === "p") send(channel, { t: "P", ts: frame.ts });
    else if (frame.t === "m") ears.message(frame.d, (data) => send(channel, { d: data, t: "m" }));
  });
}

/**
 * @param {DataChannel} channel
 * @param {object} frame
 */
function send(channel, frame) {
  if (channel.isOpen()) channel.sendMessageBinary(new TextEncoder().encode(JSON.stringify(frame)));
}

/**
 * @param {number} length
 * @param {string} alphabet
 */
function draw(length, alphabet) {
  return Array.from({ length }, () => alphabet[Math.floor(Math.random() * alphabet.length)]).join("");
}
