import { createHmac } from "node:crypto";
import { crc32 } from "node:zlib";

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;

/** Whether a datagram is a STUN binding request (RFC 8489, 5). */
export function isBindingRequest(datagram: Buffer): boolean {
  return (
    datagram.length >= HEADER_BYTES &&
    datagram.readUInt16BE(0) === BINDING_REQUEST &&
    datagram.readUInt32BE(4) === MAGIC_COOKIE
  );
}

/** Whether a datagram is DTLS (RFC 7983: first byte 20 to 63). */
export function isDtls(datagram: Buffer): boolean {
  const first = datagram[0] ?? 0;
  return first >= 20 && first <= 63;
}

/** The success response that an ICE agent gives to a connectivity check (RFC 8445, 7.3.1). */
export function bindingSuccess(request: Buffer, from: { address: string; port: number }, password: string): Buffer {
  const cookie = Buffer.alloc(4);
  cookie.writeUInt32BE(MAGIC_COOKIE);
  const mapped = Buffer.alloc(8);
  mapped.writeUInt16BE(1, 0);
  mapped.writeUInt16BE(from.port ^ (MAGIC_COOKIE >>> 16), 2);
  from.address.split(".").forEach((part, at) => mapped.writeUInt8(Number(part) ^ cookie.readUInt8(at), 4 + at));

  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(BINDING_SUCCESS, 0);
  request.copy(header, 4, 4, HEADER_BYTES);
  let message = append(header, 0x0020, mapped);
  // Both trailers are computed over a header whose length already counts them.
  message = append(message, 0x0008, (covered) => createHmac("sha1", password).update(covered).digest(), 20);
  return append(message, 0x8028, (covered) => checksum(covered), 4);
}

function append(message: Buffer, type: number, value: Buffer | ((covered: Buffer) => Buffer), size?: number): Buffer {
  const length = size ?? (value as Buffer).length;
  message.writeUInt16BE(message.length - HEADER_BYTES + 4 + length, 2);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(length, 2);
  return Buffer.concat([message, head, typeof value === "function" ? value(message) : value]);
}

function checksum(covered: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(covered) ^ 0x5354554e) >>> 0);
  return sum;
}
