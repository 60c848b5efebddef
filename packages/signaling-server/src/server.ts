import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_SIGNAL_LENGTH } from "@clayground/protocol";
import { Admission } from "./admission.ts";
import { checkOptions, limitsOf } from "./check-options.ts";
import { QueryRules } from "./client-query.ts";
import { Connections } from "./connections.ts";
import { Counters } from "./counters.ts";
import { isSignalingPath, parseQuery, trimPath } from "./endpoint.ts";
import { askOwner, handleHttpRequest, type HttpService } from "./http-requests.ts";
import { HttpSignaling } from "./http-signaling.ts";
import { Introductions } from "./introductions.ts";
import type { SignalingServerOptions } from "./options.ts";
import { localUrl, portOf, startHttpServer } from "./own-server.ts";
import { ReadingQueue } from "./reading-queue.ts";
import { Realm } from "./realm.ts";
import { Reports } from "./reports.ts";
import type { SignalingServer } from "./signaling-server.ts";
import type { SignalingStatistics } from "./statistics.ts";
import { takeUpgrades } from "./upgrades.ts";
import { WebSocketConnection } from "./websocket-connection.ts";
import { acceptWebSocket, refuseUpgrade } from "./websocket-handshake.ts";

// IANA's registry of close codes: the service restarts.
const CLOSE_SERVICE_RESTART = 1012;
const DEFAULT_HANDSHAKE_MS = 5000;

/**
 * Starts a PeerServer-compatible signaling server; resolves when it listens.
 *
 * @throws TypeError when an option is wrong, or the listening socket's error, for example `EADDRINUSE`; as a rejection
 */
export async function createSignalingServer(options: SignalingServerOptions = {}): Promise<SignalingServer> {
  checkOptions(options);
  const { path = "/peerjs", key = "peerjs", host, port = 9000, maxPayload = MAX_SIGNAL_LENGTH } = options;
  const { maxBacklog = 1024 * 1024, pingIntervalMs = 15_000, handshakeMs = DEFAULT_HANDSHAKE_MS } = options;
  const limits = limitsOf(options);
  const reports = new Reports(new Counters(), options.log);
  const realm = new Realm(key, limits, reports.counters);
  const rules = new QueryRules(key, limits);
  const connections = new Connections(realm, { maxBacklog, pingIntervalMs, maxPayload }, reports);
  const admission = new Admission(
    { ...options, maxClients: limits.maxClients, handshakeMs },
    rules,
    connections,
    reports,
  );
  connections.onFlood = (address) => admission.fine(address);
  const { maxClients, maxClientsPerAddress } = limits;
  const introductions =
    options.lan === true
      ? new Introductions({ maxClients, maxClientsPerAddress, handshakeMs, key }, connections, admission)
      : undefined;
  const queue = new ReadingQueue();
  const http: HttpService = {
    location: { path, key },
    admission,
    rules,
    reports,
    signaling: new HttpSignaling(connections, admission, { key, maxPayload }),
    turn: options.turn,
    peers: options.peers === true ? () => realm.peers() : undefined,
  };
  const onRequest: RequestListener = (request, response) => {
    if (askOwner(options.onRequest, request, response, reports)) return;
    if (!handleHttpRequest(http, request, response)) {
      // Else it is kept open for 75 s, and nothing limits how many.
      response.writeHead(404, { connection: "close" }).end();
    }
  };
  const onLate = (address: string): void => reports.refused("handshake-timeout", { address });
  let server = options.server;
  try {
    const isHopeless = (address: string): boolean => admission.isHopeless(address);
    server ??= await startHttpServer({ port, host, handshakeMs, isHopeless }, onRequest, onLate);
  } catch (error) {
    await connections.close();
    throw error;
  }
  const shared = server;

  const letGo = takeUpgrades(shared, (request, socket, head) => {
    if (!isSignalingPath(request.url, path)) return false;
    openWebSocket(request, socket, head);
    return true;
  });

  function openWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = admission.addressOf(request);
    const refused = admission.refuseEarly(address, { opens: true });
    if (refused) {
      // Nobody else looks at it meanwhile.
      socket.on("error", () => socket.destroy());
      const answer = (): void =>
        void refuseUpgrade(socket, refused.status, refused.title, refused.text, refused.headers);
      return admission.answerEarly(refused, address, answer, () => socket.destroy());
    }
    // The answer to the handshake and OPEN go out together.
    socket.cork();
    if (acceptWebSocket(request, socket)) {
      if (head.length > 0) socket.unshift(head);
      const connection = new WebSocketConnection(socket, address, connections, { maxPayload, queue });
      const query = parseQuery(request.url);
      const { origin } = request.headers;
      if (introductions?.isMeant(query)) introductions.take(connection, query, origin);
      else admission.admit(connection, query, origin);
    }
    socket.uncork();
  }

  let drained: Promise<void> | undefined;
  let closed: Promise<void> | undefined;

  async function drain(ms: number): Promise<void> {
    admission.draining = true;
    reports.log({ event: "draining", ms, clients: realm.clients });
    connections.announceEnd(ms);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([connections.empty(), late]);
    clearTimeout(timer);
    reports.log({ event: "drained", clients: realm.clients });
    connections.closeAll(CLOSE_SERVICE_RESTART, "server restarts");
  }

  async function close(): Promise<void> {
    admission.draining = true;
    letGo();
    admission.close();
    const stopped = options.server ? undefined : new Promise<void>((resolve) => shared.close(() => resolve()));
    if (!options.server) shared.closeIdleConnections();
    introductions?.close();
    await connections.close();
    if (!options.server) shared.closeAllConnections();
    await stopped;
  }

  return {
    get port() {
      return portOf(shared);
    },
    get url() {
      return localUrl(shared) + trimPath(path);
    },
    get clients() {
      return realm.clients;
    },
    peers: () => realm.peers(),
    statistics: () => statisticsOf(realm, connections, reports.counters, admission.draining),
    handleRequest: (request, response) => handleHttpRequest(http, request, response),
    drain: (ms) => (drained ??= drain(ms)),
    close: () => (closed ??= close()),
  };
}

function statisticsOf(
  realm: Realm,
  connections: Connections,
  counters: Counters,
  draining: boolean,
): SignalingStatistics {
  const { peers, messages, length } = realm.waiting;
  return {
    clients: realm.clients,
    clientsOverHttp: connections.clientsOverHttp,
    waitingPeers: peers,
    waitingMessages: messages,
    waitingLength: length,
    acceptedTotal: counters.accepted,
    replacedTotal: counters.replaced,
    refusedTotal: { ...counters.refused },
    messagesTotal: { ...counters.messages },
    deliveredTotal: counters.delivered,
    expiredTotal: counters.expired,
    droppedTotal: counters.dropped,
    bytesReceivedTotal: counters.bytesReceived,
    bytesSentTotal: counters.bytesSent,
    draining,
  };
}
