import { randomId } from "./contender.mjs";

/** @typedef {import("./contender.mjs").Contender} Contender */
/** @typedef {import("./contender.mjs").Ears} Ears */
/** @typedef {import("./contender.mjs").Payload} Payload */
/** @typedef {typeof import("trystero")} Trystero */

/** Messages that are not awaited one by one. */
const MAX_UNAWAITED = 64;

/**
 * Trystero in its default way, with one relay of the bench's own. It keeps a connection for a while after a room is left, so
 * all rounds share one.
 * @implements {Contender}
 */
export class TrysteroRoom {
  hearsHost = false;
  #trystero;
  #config;
  /** @type {ReturnType<Trystero["joinRoom"]> | undefined} */
  #room;
  /** @type {((data: Payload | Uint8Array<ArrayBuffer>) => Promise<void>) | undefined} */
  #send;
  #unawaited = 0;

  /**
   * @param {Trystero} trystero
   * @param {string} relayUrl
   */
  constructor(trystero, relayUrl) {
    this.#trystero = trystero;
    this.#config = { appId: "bench", rtcConfig: { iceServers: [] }, relayConfig: { urls: [relayUrl] } };
  }

  /** @param {Ears} ears */
  async host(ears) {
    const code = randomId();
    this.#open(code, ears);
    return code;
  }

  /**
   * @param {string} code
   * @param {Ears} ears
   */
  async join(code, ears) {
    const room = this.#open(code, ears);
    await new Promise((/** @type {(id: string) => void} */ resolve) => (room.onPeerJoin = resolve));
  }

  /** @param {Payload} data */
  send(data) {
    void this.#send?.(data);
  }

  /** @param {Uint8Array} bytes */
  sendBytes(bytes) {
    this.#unawaited++;
    const sent = this.#send?.(/** @type {Uint8Array<ArrayBuffer>} */ (bytes)).finally(() => this.#unawaited--);
    return this.#unawaited >= MAX_UNAWAITED || bytes.length > 64 * 1024 ? sent : undefined;
  }

  /** It has no lossy channel. */
  sendState() {
    throw new Error("trystero sends no states");
  }

  leave() {
    void this.#room?.leave();
  }

  /**
   * @param {string} code
   * @param {Ears} ears
   */
  #open(code, ears) {
    const room = (this.#room = this.#trystero.joinRoom(this.#config, code));
    const action = room.makeAction("m");
    const send = /** @type {(data: unknown) => Promise<void>} */ (action.send);
    this.#send = send;
    /** @param {Payload} data */
    const reply = (data) => void send(data);
    action.onMessage = (/** @type {unknown} */ data) => {
      if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) ears.bytes(data.byteLength, reply);
      else ears.message(/** @type {Payload} */ (data), reply);
    };
    return room;
  }
}
