import { randomBytes } from "node:crypto";

export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/**
 * A client's frame, masked as every client's must be (RFC 6455, 5.3).
 * @param {number} opcode
 * @param {string | Uint8Array} content
 */
export function clientFrame(opcode, content) {
  const payload = Buffer.from(content);
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (head.length === 2) head[1] = 0x80 | payload.length;
  else if (head.length === 4) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  // A mask of zeros would spare the server its work.
  const mask = randomBytes(4).map((byte) => byte | 1);
  for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return Buffer.concat([head, mask, payload]);
}

/**
 * What a client of a PeerServer asks for first.
 * @param {string} id
 */
export function upgradeRequest(id) {
  return (
    `GET /peerjs?key=peerjs&id=${id}&token=bench&version=1.5.5 HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
    "Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://game.example\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n" +
    "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
  );
}

/** Cuts what a server sends into frames: unmasked, not fragmented. */
export class FrameReader {
  /** @type {Buffer | undefined} */
  #rest;
  #onFrame;

  /** @param {(opcode: number, data: Buffer, start: number, end: number) => void} onFrame `data` is valid during the call. */
  constructor(onFrame) {
    this.#onFrame = onFrame;
  }

  /** @param {Buffer} chunk Valid during the call. */
  read(chunk) {
    const data = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (data.length - at >= 2) {
      const short = (data[at + 1] ?? 0) & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length - at < head) break;
      const length = head === 2 ? short : data.readUIntBE(head === 4 ? at + 2 : at + 4, head === 4 ? 2 : 6);
      const end = at + head + length;
      if (data.length < end) break;
      this.#onFrame((data[at] ?? 0) & 0x0f, data, at + head, end);
      at = end;
    }
    this.#rest = at < data.length ? Buffer.from(data.subarray(at)) : undefined;
  }
}
