import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { createSignalingServer } from "@clayground/signaling-server";

/** Where pages and existing apps look for signaling. */
export const SIGNALING_PATH = "/peerjs";

/** Signaling on the dev server's port. */
export interface Signaling {
  /** Answers its HTTP requests; `false`, and nothing is touched, for those of others. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  /** Takes a WebSocket, or refuses it. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The ids of all peers that are connected. */
  peers(): readonly string[];
  /** Closes every connection. */
  close(): Promise<void>;
}

// One person's browsers and test programs all come from one address, so it may have all places.
const MAX_CLIENTS = 10_000;
// A test with hundreds of tabs reloads them all at once.
const CONNECTIONS = 10_000;

/** Where a game that says `iceServers: "auto"` asks (SPEC.md, S54). */
const ICE_PATHS: ReadonlySet<string> = new Set([`${SIGNALING_PATH}/ice`, `${SIGNALING_PATH}/peerjs/ice`]);

/** Starts signaling that gets only what has passed the dev server's own checks. */
export async function startSignaling(): Promise<Signaling> {
  // It never listens: a second listener for upgrades on the real server would see what the first refuses.
  const inlet = createServer();
  const server = await createSignalingServer({
    server: inlet,
    path: SIGNALING_PATH,
    maxClients: MAX_CLIENTS,
    maxClientsPerAddress: MAX_CLIENTS,
    connectionsPerSecond: CONNECTIONS,
    connectionBurst: CONNECTIONS,
  });
  return {
    handleRequest(request, response) {
      const path = (request.url ?? "").split("?", 1)[0] ?? "";
      // PeerServer also describes itself at "/", which here is the project's start page.
      const isOwn = path === SIGNALING_PATH || path.startsWith(`${SIGNALING_PATH}/`);
      if (ICE_PATHS.has(path) && request.method === "GET") return answerNoIceServers(response);
      return isOwn && server.handleRequest(request, response);
    },
    handleUpgrade: (request, socket, head) => void inlet.emit("upgrade", request, socket, head),
    peers: () => server.peers(),
    close: () => server.close(),
  };
}

/** In one room nobody needs a TURN server; a published game's server has one, and the game needs no other setting there. */
function answerNoIceServers(response: ServerResponse): true {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  response.end('{"iceServers":[],"ttl":86400}');
  return true;
}
