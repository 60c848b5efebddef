import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Certificate } from "./certificate/certificate.ts";
import { handleRequest, handleUpgrade, type Site } from "./requests.ts";
import { isTlsHandshake, speakTls } from "./tls-front.ts";

// A head that takes longer comes from no browser.
const HEAD_MS = 10_000;
const REQUEST_MS = 30_000;
// Signaling over HTTP posts every 5 s, in a throttled page less often; Node would hang up after 5 s, and the next is lost.
const KEEP_ALIVE_MS = 75_000;

/** The server of a site, which does not listen yet. */
export interface SiteServer {
  readonly server: Server;
  /** Ends every connection, whatever it is used for. */
  destroyConnections(): void;
}

/**
 * Makes the HTTP server of a site, or with a certificate the HTTPS server.
 *
 * @param onTls is called when a browser tries HTTPS where there is none
 */
export function createSiteServer(site: Site, certificate: Certificate | undefined, onTls: () => void): SiteServer {
  const server = createServer({
    headersTimeout: HEAD_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  const answered = new WeakSet<Duplex>();
  server.on("request", (request, response) => {
    answered.add(request.socket);
    void handleRequest(site, request, response);
  });
  server.on("upgrade", (request, socket, head) => handleUpgrade(site, request, socket, head));
  server.on("clientError", (error: Error & { code?: string; rawPacket?: Buffer }, socket) => {
    if (isTlsHandshake(error.rawPacket)) onTls();
    // Behind an earlier answer, or in the middle of one, ours would pass for a part of that.
    if (answered.has(socket)) socket.destroy();
    // The event may come again while the answer is on its way.
    else if (socket.writable) refuseUnreadable(socket, error.code);
  });
  // For example when all file descriptors are in use; the next connection may work again.
  server.on("error", () => undefined);
  if (certificate !== undefined) speakTls(server, certificate);
  // Node itself forgets those that became WebSockets, or are not through with their handshake.
  const sockets = new Set<Socket>();
  server.prependListener("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return {
    server,
    destroyConnections() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** What Node itself answers when nobody listens for the event. */
function refuseUnreadable(socket: Duplex, code: string | undefined): void {
  const status =
    code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`, () => socket.destroy());
}
