import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A TCP connection that ends with the test. What comes is let go, unless somebody looks at it. */
export function rawSocket(port: number, options: { readonly allowHalfOpen?: boolean } = {}): Socket {
  const socket = connect({ port, host: "127.0.0.1", ...options });
  socket.on("error", () => undefined);
  socket.on("data", () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** The request that opens a WebSocket. */
export function upgradeRequest(id: string): string {
  return upgradeTo(`/peerjs?key=peerjs&id=${id}&token=t`);
}

/** The request with which existing apps open a WebSocket in LAN mode. */
export function lanUpgradeRequest(id = "X"): string {
  return upgradeTo(`/peerjs?id=${id}`);
}

function upgradeTo(url: string): string {
  const key = randomBytes(16).toString("base64");
  return (
    `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
  );
}

/** The request that opens an event stream. */
export function streamRequest(id: string): string {
  return `GET /peerjs?key=peerjs&id=${id}&token=t HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`;
}

/** The head of a request that posts. */
export function postHead(id: string, header: string): string {
  return `POST /peerjs?key=peerjs&id=${id}&token=t HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`;
}

/** A client's frame of up to 64 KiB. */
export function clientFrame(opcode: number, payload: Buffer | string, isLast = true): Buffer {
  const bytes = Buffer.from(payload);
  const mask = randomBytes(4);
  const isShort = bytes.length < 126;
  const head = Buffer.alloc(isShort ? 2 : 4);
  head[0] = (isLast ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (isShort ? bytes.length : 126);
  if (!isShort) head.writeUInt16BE(bytes.length, 2);
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= mask[i & 3]!;
  return Buffer.concat([head, mask, bytes]);
}
