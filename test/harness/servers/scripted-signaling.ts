import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { listen } from "./loopback.ts";
import type { FixtureServer, StallingServer } from "./loopback.ts";

/** What a scripted signaling server does; what is left out, it does not do. */
interface SignalingScript {
  /** A client is there, with the id that it asked for. */
  onClient?(client: WebSocket, id: string): void;
  /** A client has sent a text frame. */
  onFrame?(client: WebSocket, text: string, id: string): void;
}

/** A WebSocket server that says what the script says, true to the protocol or not. */
async function startScriptedSignaling(script: SignalingScript): Promise<FixtureServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  sockets.on("connection", (client, request) => {
    const id = new URL(request.url ?? "/", "ws://fixture").searchParams.get("id") ?? "";
    client.on("error", () => undefined);
    client.on("message", (data) => script.onFrame?.(client, String(data), id));
    script.onClient?.(client, id);
  });
  return listen(http);
}

/** Opens the WebSocket, but never says OPEN. */
export async function startMuteSignaling(): Promise<StallingServer> {
  let arrived = (): void => undefined;
  const server = await startScriptedSignaling({ onClient: () => arrived() });
  return { ...server, reached: () => new Promise((resolve) => (arrived = resolve)) };
}

/** Answers every client with what no PeerServer would say. */
export function startGarbageSignaling(): Promise<FixtureServer> {
  const garbage = ["hello", "{", "[]", "null", `{"type":7}`, `{"type":"WELCOME"}`, `{"open":true}`, ""];
  return startScriptedSignaling({
    onClient: (client) => garbage.forEach((text) => client.send(text)),
    onFrame: (client) => client.send("Sorry?"),
  });
}

/** A PeerServer that also lets the test speak in its name. */
export interface HostileSignaling extends FixtureServer {
  /** Sends text frames to a client, as from the server. */
  tell(id: string, frames: Iterable<string>): void;
}

/** Forwards faithfully, as PeerServer does, and besides says whatever the test wants. */
export async function startHostileSignaling(): Promise<HostileSignaling> {
  const clients = new Map<string, WebSocket>();
  const server = await startScriptedSignaling({
    onClient: (client, id) => {
      clients.set(id, client);
      client.send(`{"type":"OPEN"}`);
    },
    onFrame: (client, text, id) => {
      const { type, dst, payload } = JSON.parse(text) as { type: string; dst?: string; payload?: unknown };
      if (dst === undefined) return;
      const target = clients.get(dst);
      if (target) target.send(JSON.stringify({ type, src: id, dst, payload }));
      else client.send(JSON.stringify({ type: "EXPIRE", src: dst, dst: id }));
    },
  });
  return {
    ...server,
    tell: (id, frames) => {
      const client = clients.get(id);
      if (!client) throw new Error(`no client ${id}`);
      for (const frame of frames) client.send(frame);
    },
  };
}
