import { createServer, type RequestListener, type Server as HttpServer, type ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { Server as TlsServer } from "node:tls";

// The body of a request has 64 KiB at most.
const REQUEST_MS = 15_000;

// A client over HTTP posts every 5 s, in a throttled page less often: Node would hang up after 5 s, and the next one is lost.
const KEEP_ALIVE_MS = 75_000;

/** How long an HTTP server waits for what: options of `createServer`, of a server that takes signaling clients only. */
export function serverTimeouts(handshakeMs: number): ServerOptions {
  // Node takes whole milliseconds only.
  const headMs = Math.ceil(handshakeMs);
  return {
    headersTimeout: headMs,
    requestTimeout: Math.max(headMs, REQUEST_MS),
    // How exactly: Node looks every 30 s else.
    connectionsCheckingInterval: Math.max(10, Math.min(1000, Math.ceil(headMs / 4))),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
}

/**
 * Starts an HTTP server that gives nobody long to say what he wants; resolves when it listens.
 *
 * @param onLate is called for each connection that took too long
 * @throws the listening socket's error as a rejection
 */
export async function startHttpServer(
  {
    port,
    host,
    handshakeMs,
    isHopeless,
  }: {
    readonly port: number;
    readonly host: string | undefined;
    readonly handshakeMs: number;
    /** Whether connections from an address are hung up on, unread. */
    readonly isHopeless: (address: string) => boolean;
  },
  onRequest: RequestListener,
  onLate: (address: string) => void,
): Promise<HttpServer> {
  const server = createServer(serverTimeouts(handshakeMs), onRequest);
  server.prependListener("connection", (socket) => {
    if (isHopeless(socket.remoteAddress ?? "")) socket.destroy();
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const isLate = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
    if (isLate && "remoteAddress" in socket) onLate(String(socket.remoteAddress));
    const status = isLate ? "408 Request Timeout" : "400 Bad Request";
    // Broken requests come from programs that look for other things: nothing more is read from them.
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return server;
}

/** The port of a server that listens, else 0. */
export function portOf(server: HttpServer): number {
  return addressOf(server)?.port ?? 0;
}

/** Where clients on this machine find a server, as a WebSocket's URL without path. */
export function localUrl(server: HttpServer): string {
  const scheme = server instanceof TlsServer ? "wss" : "ws";
  return `${scheme}://${localHost(addressOf(server))}:${portOf(server)}`;
}

function addressOf(server: HttpServer): AddressInfo | undefined {
  const address = server.address();
  return typeof address === "object" && address !== null ? address : undefined;
}

/** A server on all addresses is on 127.0.0.1 too. */
function localHost(address: AddressInfo | undefined): string {
  if (address === undefined || address.address === "::" || address.address === "0.0.0.0") return "127.0.0.1";
  return address.family === "IPv6" ? `[${address.address}]` : address.address;
}
