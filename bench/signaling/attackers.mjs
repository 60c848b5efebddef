import { sourceAddress } from "./crowd.mjs";
import { clientFrame, TEXT } from "./frames.mjs";
import { OFFER_PAYLOAD } from "./offer.mjs";
import { RawClient } from "./raw-client.mjs";

/** So much is written at once. */
const CHUNK = 65_536;

/** Frames to fill a chunk with, for an attacker and the one that it writes to. @type {((dst: string) => string[])[]} */
const KINDS = [
  // valid ones
  (dst) => [JSON.stringify({ type: "OFFER", payload: OFFER_PAYLOAD, dst })],
  // garbage
  () => ["{", "[]", '{"type":7}', '{"dst":"x"}', "null", '"', '{"type":"OFFER","dst":"__proto__"}'],
  // as large as they may be
  (dst) => [JSON.stringify({ type: "OFFER", payload: "x".repeat(60_000), dst })],
  // larger
  (dst) => [JSON.stringify({ type: "OFFER", payload: "x".repeat(1_000_000), dst })],
  // to ids that are not there
  () =>
    Array.from({ length: 40 }, (_, n) => JSON.stringify({ type: "OFFER", payload: OFFER_PAYLOAD, dst: `absent${n}` })),
];

/** Clients that send as fast as they can, and connect again as soon as they are closed. */
export class Attackers {
  #port;
  #firstAddress;
  #connects = 0;
  #bytes = 0;

  /**
   * @param {number} port
   * @param {number} firstAddress See `sourceAddress`: four addresses from there.
   */
  constructor(port, firstAddress) {
    this.#port = port;
    this.#firstAddress = firstAddress;
  }

  /** @param {number} count */
  start(count) {
    for (let number = 0; number < count; number++) {
      const kind = KINDS[(number >> 1) % KINDS.length];
      const frames = (kind?.(`attacker-${number ^ 1}`) ?? []).map((text) => clientFrame(TEXT, text));
      const once = Buffer.concat(frames);
      const chunk = Buffer.concat(Array.from({ length: Math.ceil(CHUNK / once.length) }, () => once));
      this.#attack(number, chunk);
    }
  }

  /** What they have done so far. */
  done() {
    return { connects: this.#connects, bytes: this.#bytes };
  }

  /**
   * @param {number} number
   * @param {Buffer} chunk
   */
  #attack(number, chunk) {
    this.#connects++;
    const client = new RawClient(this.#port, `attacker-${number}`, sourceAddress(this.#firstAddress + (number & 3)));
    const pump = () => {
      do this.#bytes += chunk.length;
      while (client.send(chunk));
    };
    client.onDrain(pump);
    client.onText = () => {
      client.onText = () => {};
      pump();
    };
    client.onClose = () => setImmediate(() => this.#attack(number, chunk));
  }
}
