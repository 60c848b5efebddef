import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** A server on 127.0.0.1 that a test has started. */
export interface FixtureServer {
  /** As a `signalingUrl`. */
  url: string;
  port: number;
  /** Ends every connection, too. */
  close(): Promise<void>;
}

/** Opens `server` on loopback and follows its connections, so that closing it leaves none. */
export async function listen(server: Server, scheme: "ws" | "wss" = "ws", port: number = 0): Promise<FixtureServer> {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    // A client may vanish at any time; that is no fault of the fixture.
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `${scheme}://127.0.0.1:${bound}/peerjs`,
    port: bound,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** A server at which a client waits for ever. */
export interface StallingServer extends FixtureServer {
  /** Resolves when the next client waits. */
  reached(): Promise<void>;
}

/** Accepts connections and never says a word: a client waits for its WebSocket to open. */
export async function startSilentServer(): Promise<StallingServer> {
  const server = createServer((socket) => socket.resume());
  return { ...(await listen(server)), reached: async () => void (await once(server, "connection")) };
}

/** The URL of a port where nothing listens. */
export async function deadUrl(): Promise<string> {
  const server = await listen(createServer());
  await server.close();
  return server.url;
}
