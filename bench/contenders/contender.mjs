/**
 * A library under test, as one side of one connection. The same few calls for all, so that the agent that measures is
 * the same code for all. `data` is an object: a contender that sends text does `JSON.stringify` and `JSON.parse` itself.
 *
 * @typedef {import("../agent/payload.mjs").Payload} Payload
 *
 * @typedef {object} Ears What a contender calls when something came in.
 * @property {(data: Payload, reply: (data: Payload) => void) => void} message `reply` answers the sender alone.
 * @property {(data: Payload) => void} state
 * @property {(length: number, reply: (data: Payload) => void) => void} bytes
 *
 * @typedef {object} Contender
 * @property {(ears: Ears, relays: boolean) => Promise<string>} host Resolves with the code by which others join. `relays`: whether a floor
 *   passes messages on to the other joiners; a library does so or does not.
 * @property {(code: string, ears: Ears) => Promise<void>} join Resolves when something can be sent.
 * @property {boolean} hearsHost Whether `join` resolves only once a message of the host has come over the channel.
 * @property {(data: Payload, to?: string) => void} send To the host, or from the host to all: it must arrive. `to`: to this node
 *   alone, where a contender can.
 * @property {(data: Payload) => void} sendState It may get lost.
 * @property {(bytes: Uint8Array) => Promise<void> | undefined} [sendBytes] To the host, in what pieces ever. Resolves when it wants more.
 * @property {() => void} leave Frees everything.
 * @property {() => string} [id] What the others know it by, once it is in.
 * @property {() => Promise<void>} [whole] Resolves when it is connected to every other node without a detour, as far as its topology has it so.
 * @property {() => Traffic} [traffic]
 *
 * @typedef {{ sent: number, received: number, links: number }} Traffic Bytes since the start, and the connections that carry them.
 *
 * @typedef {(signalingUrl: string) => Contender} MakeContender
 */

/** A lossy channel with more than this in its queue gets no more: late state is worth nothing. The same for all. */
export const MAX_STATE_BACKLOG = 64 * 1024;

/** Rather more than a round trip carries, so that the way is never empty, in bytes. */
export const MAX_BULK_BACKLOG = 2 * 1024 * 1024;

/** An id for the signaling server. */
export function randomId() {
  return `b${Math.random().toString(36).slice(2, 14)}`;
}
