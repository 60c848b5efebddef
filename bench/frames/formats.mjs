import { pack, unpack } from "./message-pack.mjs";

/**
 * A way to put messages into data-channel messages.
 * @typedef {object} Format
 * @property {(messages: readonly unknown[]) => Wire[]} encode
 * @property {(wire: readonly Wire[]) => unknown[]} decode
 * @property {(wire: readonly Wire[]) => Wire[]} passOn As a host does: the same messages, with their sender's id.
 *
 * @typedef {string | Uint8Array} Wire
 */

const FROM = "c0123456789abcdef";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @type {Format} */
const json = {
  encode: (messages) => messages.map((d, index) => JSON.stringify({ t: "m", n: index + 1, d })),
  decode: (wire) => wire.map((text) => JSON.parse(String(text)).d),
  passOn: (wire) => wire.map((text) => JSON.stringify({ ...JSON.parse(String(text)), from: FROM })),
};

/** A line for the head, a line for the messages as a JSON array. @type {Format} */
const lines = {
  encode: (messages) => {
    const texts = messages.map((message) => JSON.stringify(message));
    return [`${JSON.stringify({ t: "m", n: 1, c: texts.length })}\n[${texts.join()}]`];
  },
  decode: ([text]) => {
    const [head = "", body = ""] = String(text).split("\n");
    const { c } = JSON.parse(head);
    const messages = JSON.parse(body);
    if (messages.length !== c) throw new Error("not as many");
    return messages;
  },
  passOn: ([text]) => {
    const [head = "", body = ""] = String(text).split("\n");
    return [`${JSON.stringify({ ...JSON.parse(head), from: FROM })}\n${body}`];
  },
};

/** The same lines in UTF-8, after their length. @type {Format} */
const bytes = {
  encode: (messages) => [inBytes(String(lines.encode(messages)[0]))],
  decode: (wire) => lines.decode([outOfBytes(wire[0])]),
  passOn: (wire) => [inBytes(String(lines.passOn([outOfBytes(wire[0])])[0]))],
};

/** A head in JSON after its length, then MessagePack. @type {Format} */
const compact = {
  encode: (messages) => [behind({ t: "m", n: 1, c: messages.length }, pack(messages))],
  decode: (wire) => /** @type {unknown[]} */ (unpack(headed(wire[0]).body)),
  passOn: (wire) => {
    const { head, body } = headed(wire[0]);
    return [behind({ ...head, from: FROM }, body)];
  },
};

/** All of them, the floor first. @type {Record<string, Format>} */
export const FORMATS = { "JSON frames": json, "lines of text": lines, "lines in bytes": bytes, MessagePack: compact };

/** Bytes on the channel. @param {readonly Wire[]} wire */
export function sizeOf(wire) {
  return wire.reduce((sum, one) => sum + (typeof one === "string" ? encoder.encode(one).length : one.length), 0);
}

/** @param {string} text */
function inBytes(text) {
  const body = encoder.encode(text);
  const message = new Uint8Array(4 + body.length);
  new DataView(message.buffer).setUint32(0, body.length);
  message.set(body, 4);
  return message;
}

/** @param {Wire | undefined} message */
function outOfBytes(message) {
  const wire = /** @type {Uint8Array} */ (message);
  return decoder.decode(wire.subarray(4, 4 + new DataView(wire.buffer, wire.byteOffset).getUint32(0)));
}

/**
 * @param {object} head
 * @param {Uint8Array} body
 */
function behind(head, body) {
  const text = inBytes(JSON.stringify(head));
  const message = new Uint8Array(text.length + body.length);
  message.set(text);
  message.set(body, text.length);
  return message;
}

/** @param {Wire | undefined} message */
function headed(message) {
  const wire = /** @type {Uint8Array} */ (message);
  const text = outOfBytes(wire);
  return { head: JSON.parse(text), body: wire.subarray(4 + text.length) };
}
