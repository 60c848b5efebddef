import type { Server } from "node:http";
import type { Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certificate } from "./certificate/certificate.ts";

// RFC 8446, 5.1: every TLS connection starts with a handshake record.
const TLS_HANDSHAKE = 22;
// As long as for the head of a request.
const HANDSHAKE_MS = 10_000;

/** Whether a connection that starts with these bytes speaks TLS. */
export function isTlsHandshake(start: Buffer | undefined): boolean {
  return start?.[0] === TLS_HANDSHAKE;
}

/**
 * Makes an HTTP server speak HTTPS. It still takes plain requests, so that it can tell a person who left
 * out the `https:` what to do: a request's socket is a `TLSSocket` or not.
 */
export function speakTls(server: Server, { cert, key }: Certificate): void {
  const takeConnection = server.listeners("connection");
  const give = (socket: Socket): void => {
    for (const take of takeConnection) take.call(server, socket);
  };
  const tls = createTlsServer({ cert, key, ALPNProtocols: ["http/1.1"], handshakeTimeout: HANDSHAKE_MS }, give);
  // Node leaves it open, even after the time for the handshake is over.
  tls.on("tlsClientError", (_error, socket) => socket.destroy());
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    const giveUp = (): void => void socket.destroy();
    // Each of the two that may get it has its own time limits and error handling.
    socket.once("error", giveUp).setTimeout(HANDSHAKE_MS, giveUp);
    socket.once("readable", () => {
      const first = socket.read(1) as Buffer | null;
      if (first === null) return giveUp();
      socket.unshift(first);
      socket.setTimeout(0, giveUp);
      if (!isTlsHandshake(first)) return give(socket);
      // As on a server for TLS alone: who ends before the handshake is over is gone.
      socket.allowHalfOpen = false;
      tls.emit("connection", socket);
    });
  });
}
