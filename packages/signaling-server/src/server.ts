import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";
import { MAX_SIGNAL_LENGTH } from "@clayground/protocol";
import { WebSocketServer } from "ws";
import { Connections } from "./connections.ts";
import { isSignalingPath, trimPath } from "./endpoint.ts";
import { handleSignalingRequest, type SignalingLocation } from "./http-requests.ts";
import { DEFAULT_LIMITS, type RealmLimits } from "./limits.ts";
import { Realm } from "./realm.ts";

/** How a signaling server is set up; every option has a default. */
export interface SignalingServerOptions extends Partial<RealmLimits>, SignalingLocation {
  /** An HTTP or HTTPS server to share. Only WebSockets for `path` are taken, and `close()` leaves it open. */
  readonly server?: HttpServer;
  /** Without `server`: the port to listen on, 0 for any free one. @default 9000 */
  readonly port?: number;
  /** Without `server`: the address to listen on. @default all */
  readonly host?: string;
  /** Largest frame in bytes; a larger one closes its socket with code 1009. @default 65536 */
  readonly maxPayload?: number;
  /** Bytes that may wait for a client that does not read; then it is dropped. @default 1048576 */
  readonly maxBacklog?: number;
  /** Milliseconds between two pings; a client that does not answer one until the next is dropped. @default 15000 */
  readonly pingIntervalMs?: number;
}

/** A signaling server that runs. */
export interface SignalingServer {
  readonly port: number;
  /** Where clients on this machine find it: `ws(s)://host:port/path`. */
  readonly url: string;
  /** Clients that are connected. */
  readonly clients: number;
  /** Closes every socket and stops listening; resolves when that is done. */
  close(): Promise<void>;
}

/**
 * Starts a PeerServer-compatible signaling server; resolves when it listens.
 *
 * @throws the listening socket's error, for example `EADDRINUSE`, as a rejection
 */
export async function createSignalingServer(options: SignalingServerOptions = {}): Promise<SignalingServer> {
  const { path = "/peerjs", key = "peerjs", host, port = 9000, maxPayload = MAX_SIGNAL_LENGTH } = options;
  const realm = new Realm(key, { ...DEFAULT_LIMITS, ...options });
  const sockets = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload });
  const server =
    options.server ??
    createServer((request, response) => {
      if (!handleSignalingRequest(request, response, { path, key })) response.writeHead(404).end();
    });
  // Errors reject here, before anything is set up that had to be undone.
  if (!options.server) await listen(server, port, host);
  const connections = new Connections(realm, { maxBacklog: 1024 * 1024, pingIntervalMs: 15_000, ...options });

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (isSignalingPath(request.url, path)) {
      sockets.handleUpgrade(request, socket, head, (webSocket) => connections.add(webSocket, request.url));
    } else if (server.listenerCount("upgrade") === 1) {
      // Nobody else will answer.
      socket.on("error", () => socket.destroy());
      socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
  };
  server.on("upgrade", onUpgrade);

  const portOf = (): number => addressOf(server)?.port ?? 0;
  return {
    get port() {
      return portOf();
    },
    get url() {
      const scheme = server instanceof TlsServer ? "wss" : "ws";
      return `${scheme}://${localHost(addressOf(server))}:${portOf()}${trimPath(path)}`;
    },
    get clients() {
      return realm.clients;
    },
    async close() {
      server.off("upgrade", onUpgrade);
      const stopped = options.server ? undefined : new Promise<void>((resolve) => server.close(() => resolve()));
      if (!options.server) server.closeIdleConnections();
      await connections.close();
      await stopped;
    },
  };
}

function listen(server: HttpServer, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
      server.off("error", reject);
      resolve();
    });
  });
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
