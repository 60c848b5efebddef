import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";
import { refuseUpgrade } from "./websocket-handshake.ts";

/** Takes an upgrade, or returns `false` and touches nothing. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

interface Shared {
  readonly handlers: Set<UpgradeHandler>;
  readonly listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

const SHARED = new WeakMap<HttpServer, Shared>();

/**
 * Offers the upgrades of an HTTP server to a handler; returns the function that ends that. Several signaling servers
 * may share one HTTP server, also with others: an upgrade that nobody can want is answered with 404.
 */
export function takeUpgrades(server: HttpServer, handler: UpgradeHandler): () => void {
  const shared = SHARED.get(server) ?? listenTo(server);
  shared.handlers.add(handler);
  return () => {
    shared.handlers.delete(handler);
    if (shared.handlers.size > 0) return;
    server.off("upgrade", shared.listener);
    SHARED.delete(server);
  };
}

function listenTo(server: HttpServer): Shared {
  const handlers = new Set<UpgradeHandler>();
  const listener: Shared["listener"] = (request, socket, head) => {
    for (const handler of handlers) if (handler(request, socket, head)) return;
    if (server.listenerCount("upgrade") === 1) refuseUpgrade(socket, 404, "Not Found", "No WebSocket here.\n");
  };
  server.on("upgrade", listener);
  const shared = { handlers, listener };
  SHARED.set(server, shared);
  return shared;
}
