/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */
/** @typedef {typeof import("@clayground/network").Network} NetworkClass */
/** @typedef {{ message: Payload, state: Payload }} Types */

/**
 * This library, in pages and in Node.
 * @implements {Contender}
 */
export class Clayground {
  /** A joiner is in once the host's roster is there. */
  hearsHost = true;
  /** @type {import("@clayground/network").Network<Types>} */
  #network;

  /**
   * @param {NetworkClass} Network
   * @param {string} signalingUrl
   */
  constructor(Network, signalingUrl) {
    this.#network = new Network({ signalingUrl, iceServers: [] });
    this.#network.on("errorOccurred", (message) => console.error(message));
  }

  /** @param {Ears} ears */
  host(ears) {
    this.#listen(ears);
    return this.#network.host();
  }

  /**
   * @param {string} code
   * @param {Ears} ears
   */
  join(code, ears) {
    this.#listen(ears);
    return this.#network.join(code);
  }

  /** @param {Payload} data */
  send(data) {
    this.#network.broadcast(data);
  }

  /** @param {Payload} data */
  sendState(data) {
    this.#network.broadcastState(data);
  }

  leave() {
    this.#network.leave();
  }

  /** @param {Ears} ears */
  #listen(ears) {
    this.#network.on("messageReceived", (from, data) =>
      ears.message(data, (answer) => this.#network.sendTo(from, answer)),
    );
    this.#network.on("stateReceived", (_from, data) => ears.state(data));
  }
}
