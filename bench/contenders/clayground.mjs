/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */
/** @typedef {typeof import("@clayground/network").Network} NetworkClass */
/** @typedef {{ message: Payload, state: Payload }} Types */

/** Servers that a place without internet cannot reach: one by a name that nobody resolves, one by an address (RFC 5737). */
const UNREACHABLE = ["stun:stun.example.com:3478", "stun:203.0.113.1:3478"];

/**
 * In LAN mode, with what is asked for addresses besides: nobody, the library's own choice, or servers that do not answer.
 * @type {Record<string, Pick<import("@clayground/network").NetworkOptions, "iceServers">>}
 */
const LAN = {
  "lan-none": { iceServers: [] },
  "lan-default": {},
  "lan-unreachable": { iceServers: UNREACHABLE },
};

/**
 * @param {NetworkClass} Network
 * @returns {Record<string, import("./contender.mjs").MakeContender>}
 */
export function claygrounds(Network) {
  const lan = Object.entries(LAN).map(([name, { iceServers }]) => {
    const options = { signalingMode: /** @type {const} */ ("local"), ...(iceServers && { iceServers }) };
    return [name, () => new Clayground(Network, options)];
  });
  return {
    clayground: (signalingUrl) => new Clayground(Network, { signalingUrl, iceServers: [] }),
    ...Object.fromEntries(lan),
  };
}

/**
 * This library, in pages and in Node.
 * @implements {Contender}
 */
class Clayground {
  /** A joiner is in once the host's roster is there. */
  hearsHost = true;
  /** @type {import("@clayground/network").Network<Types>} */
  #network;

  /**
   * @param {NetworkClass} Network
   * @param {import("@clayground/network").NetworkOptions<Types>} options
   */
  constructor(Network, options) {
    this.#network = new Network(options);
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
