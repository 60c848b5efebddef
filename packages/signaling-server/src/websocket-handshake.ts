import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
// 16 bytes in base64.
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`|a-z~]+$/;

/** Answers a WebSocket's opening handshake (RFC 6455, section 4.2); `false` when it was refused, and is over. */
export function acceptWebSocket({ headers, method }: IncomingMessage, socket: Duplex): boolean {
  const key = headers["sec-websocket-key"];
  const version = headers["sec-websocket-version"];
  if (method !== "GET" || headers.upgrade?.toLowerCase() !== "websocket" || key === undefined || !KEY.test(key)) {
    return refuseUpgrade(socket, 400, "Bad Request", "This is no WebSocket handshake.");
  }
  // 8 is the last draft: the same frames.
  if (version !== "13" && version !== "8") {
    return refuseUpgrade(socket, 426, "Upgrade Required", "Use version 13.", { "Sec-WebSocket-Version": "13, 8" });
  }
  // A client whose socket is half closed already gets nothing.
  if (!socket.readable || !socket.writable) {
    socket.destroy();
    return false;
  }
  const accept = createHash("sha1")
    .update(key + GUID)
    .digest("base64");
  // Browsers hang up when they ask for protocols and get none.
  const protocol = headers["sec-websocket-protocol"]?.split(",", 1)[0]?.trim() ?? "";
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n` +
      (TOKEN.test(protocol) ? `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n` : "\r\n"),
  );
  return true;
}

/** Answers an upgrade with an HTTP status and a text, and ends it. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  title: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): false {
  const lines = Object.entries({
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(text)),
    Connection: "close",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on("error", () => socket.destroy());
  // Whoever does not read its answer is not waited for.
  socket.on("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join("")}\r\n${text}`);
  return false;
}
