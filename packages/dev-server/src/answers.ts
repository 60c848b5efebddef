import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Answers a request for a WebSocket that there is not, and ends its connection. */
export function refuseUpgrade(socket: Duplex, status: string, text: string): void {
  socket.on("error", () => socket.destroy());
  const head = `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}`;
  // Who keeps it open nevertheless would keep it for ever.
  socket.end(`${head}\r\nconnection: close\r\n\r\n${text}`, () => socket.destroy());
}

/** What every answer says: pages of any origin may read it, and with `isolate`, that pages share nothing. */
export function setCommonHeaders(response: ServerResponse, isolate: boolean): void {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", "*");
  response.setHeader("cross-origin-resource-policy", "cross-origin");
  if (!isolate) return;
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-embedder-policy", "require-corp");
}

/** Answers what a browser asks before it sends a request from another origin. */
export function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    allow: "GET, HEAD, POST, OPTIONS",
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "*",
  });
  response.end();
}
