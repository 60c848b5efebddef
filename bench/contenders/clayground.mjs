/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */
/** @typedef {typeof import("@clayground/network").Network} NetworkClass */
/** @typedef {{ message: Payload | Uint8Array, state: Payload }} Types */

/** Messages that are not awaited one by one, in bytes. */
const MAX_UNAWAITED = 4 * 1024 * 1024;

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
  const inTopology = (/** @type {"star" | "mesh"} */ topology) => (/** @type {string} */ signalingUrl) =>
    new Clayground(Network, { signalingUrl, iceServers: [], topology });
  return {
    clayground: (signalingUrl) => new Clayground(Network, { signalingUrl, iceServers: [] }),
    star: inTopology("star"),
    mesh: inTopology("mesh"),
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

  /**
   * @param {Payload} data
   * @param {string} [to]
   */
  send(data, to) {
    if (to === undefined) void this.#network.broadcast(data);
    else void this.#network.sendTo(to, data);
  }

  /** @param {Uint8Array} bytes */
  sendBytes(bytes) {
    const [host = ""] = this.#network.nodes;
    const sent = this.#network.sendTo(host, bytes);
    return this.#network.bufferedAmount(host) > MAX_UNAWAITED ? sent : undefined;
  }

  /** @param {Payload} data */
  sendState(data) {
    this.#network.broadcastState(data);
  }

  leave() {
    this.#network.leave();
  }

  id() {
    return this.#network.nodeId;
  }

  /** In a star nobody but the host is known to `peerStats` with a path of its own: the host is all there is to wait for. */
  whole() {
    const isWhole = () => this.#network.topology === "star" || this.#stats().every(({ path }) => path !== "via-host");
    return new Promise((/** @type {(value: void) => void} */ resolve) => {
      if (isWhole()) return resolve();
      const stop = this.#network.on("peerStatsChanged", () => {
        if (!isWhole()) return;
        stop();
        resolve();
      });
    });
  }

  traffic() {
    const traffic = { sent: 0, received: 0, links: 0 };
    for (const { path, bytesSent, bytesRecv } of this.#stats()) {
      if (path !== "via-host") traffic.links++;
      traffic.sent += bytesSent;
      traffic.received += bytesRecv;
    }
    return traffic;
  }

  #stats() {
    return Object.values(this.#network.peerStats);
  }

  /** @param {Ears} ears */
  #listen(ears) {
    this.#network.on("messageReceived", (from, data) => {
      const reply = (/** @type {Payload} */ answer) => void this.#network.sendTo(from, answer);
      if (data instanceof Uint8Array) ears.bytes(data.length, reply);
      else ears.message(data, reply);
    });
    this.#network.on("stateReceived", (_from, data) => ears.state(data));
  }
}
