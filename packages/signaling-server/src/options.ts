import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { RealmLimits } from "./limits.ts";
import type { LogEntry } from "./log.ts";

/** Where the signaling server is, as given to `createSignalingServer`. */
export interface SignalingLocation {
  /** @default "/peerjs" */
  readonly path?: string;
  /** @default "peerjs" */
  readonly key?: string;
}

/** Who wants to connect, or asks for TURN credentials, for {@link SignalingServerOptions.authorize}. */
export interface ConnectingClient {
  /** Empty, as is `token`, for TURN credentials: these are asked for before there is an id. */
  readonly id: string;
  readonly key: string;
  readonly token: string;
  /** The URL's parameters. A game's `signalingUrl: "wss://…/peerjs?ticket=…"` hands in what only it can know. */
  readonly parameters: URLSearchParams;
  /** The page's origin; `undefined` for a client that is no browser. */
  readonly origin: string | undefined;
  /** The IP address, as far as `trustProxy` goes. */
  readonly address: string;
}

/** A TURN server (coturn with `use-auth-secret`) for which short-lived credentials are given out. */
export interface TurnOptions {
  /** `turn:` and `turns:` URLs, for example `turn:turn.example.com:3478`. */
  readonly urls: readonly string[];
  /** coturn's `static-auth-secret`. It never leaves the server. */
  readonly secret: string;
  /** Seconds for which a credential is good; it opens no new relay after that, but keeps an open one. @default 28800 */
  readonly ttlSeconds?: number;
  /** `stun:` URLs to add. @default none */
  readonly stun?: readonly string[];
}

/** How a signaling server is set up; every option has a default. */
export interface SignalingServerOptions extends Partial<RealmLimits>, SignalingLocation {
  /**
   * An HTTP or HTTPS server to share. Only WebSockets for `path` are taken, and `close()` leaves it open.
   * Give its requests to `handleRequest`. How long a request's head may take is this server's own setting.
   */
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
  /**
   * Milliseconds for the head of an HTTP request (not with `server`), for `authorize`, and for the first frame of who
   * has to say one (`lan`). @default 5000
   */
  readonly handshakeMs?: number;
  /** New connections and HTTP requests per second from one address (IPv6: one /64) for long. @default 20 */
  readonly connectionsPerSecond?: number;
  /** New connections and HTTP requests from one address in one go, as after a restart. @default 400 */
  readonly connectionBurst?: number;
  /**
   * Proxies in front of this server; a client's address is then read from `X-Forwarded-For`, counted from
   * the right. `true` is 1. Too many, and clients can forge their address. @default 0
   */
  readonly trustProxy?: number | boolean;
  /**
   * Origins of pages that may connect: `https://game.example`, or `https://*.example.com` for all below
   * it. Who sends no `Origin` is no browser, and passes. @default all
   */
  readonly allowedOrigins?: readonly string[];
  /** Whether a client may connect. A throw or a rejection counts as no, and is logged. @default all may */
  readonly authorize?: (client: ConnectingClient) => boolean | Promise<boolean>;
  /**
   * Takes also the clients of existing Clayground apps in LAN mode, which give neither token nor key, but say their id
   * in their first frame (SPEC.md, S58). For `authorize`, their token is empty. @default false
   */
  readonly lan?: boolean;
  /**
   * Without `server`: is asked first for each HTTP request that opens no WebSocket; `true` when it has answered or
   * will. When it throws, the answer is 500, and that is logged. @default nobody is asked
   */
  readonly onRequest?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Whether `GET /:key/peers` tells everybody the ids of all clients. @default false */
  readonly peers?: boolean;
  /** Gives out TURN credentials at `GET /:key/ice`. @default none */
  readonly turn?: TurnOptions;
  /** Is told what happens; what it throws is ignored. @default nobody is told */
  readonly log?: (entry: LogEntry) => void;
}
