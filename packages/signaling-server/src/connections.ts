import type { WebSocket } from "ws";
import { parseQuery } from "./endpoint.ts";
import type { Realm, RealmEvent } from "./realm.ts";

/** What the shell holds its sockets to. */
export interface ConnectionLimits {
  /** Bytes that may wait for a client that does not read; then it is dropped. */
  readonly maxBacklog: number;
  /** Milliseconds between two pings. Who does not answer one until the next is dead. */
  readonly pingIntervalMs: number;
}

interface Connection {
  readonly socket: WebSocket;
  alive: boolean;
}

// How exactly messages for absent ids expire. A tick looks at each absent id once.
const TICK_MS = 100;
// RFC 6455: the server goes away.
const CLOSE_GOING_AWAY = 1001;
// A client answers a close frame in a round trip; a dead one never.
const CLOSE_TIMEOUT_MS = 500;
// RFC 6455: the connection broke without a close frame.
const CLOSED_ABNORMALLY = 1006;

/** The shell around a realm: its sockets and its clock. */
export class Connections {
  readonly #realm: Realm;
  readonly #limits: ConnectionLimits;
  readonly #connections = new Map<number, Connection>();
  readonly #pinging: NodeJS.Timeout;
  #nextSocket = 1;
  #ticking: NodeJS.Timeout | undefined;

  constructor(realm: Realm, limits: ConnectionLimits) {
    this.#realm = realm;
    this.#limits = limits;
    this.#pinging = setInterval(() => this.#ping(), limits.pingIntervalMs);
    // What keeps the process alive is the server that listens.
    this.#pinging.unref();
  }

  /** Takes a socket that has just been opened at `url`. */
  add(socket: WebSocket, url: string | undefined): void {
    const number = this.#nextSocket++;
    const connection = { socket, alive: true };
    const markAlive = (): void => {
      connection.alive = true;
    };
    this.#connections.set(number, connection);
    // "close" follows every error.
    socket.on("error", () => undefined);
    socket.on("pong", markAlive);
    socket.on("ping", markAlive);
    socket.on("message", (data: Buffer) => {
      markAlive();
      this.#handle({ type: "received", socket: number, text: data.toString() });
    });
    socket.on("close", (code) => {
      this.#connections.delete(number);
      this.#handle({ type: "disconnected", socket: number, clean: code !== CLOSED_ABNORMALLY });
    });
    this.#handle({ type: "connected", socket: number, query: parseQuery(url) });
  }

  /** Closes every socket; resolves when all are closed, in half a second at most. */
  async close(): Promise<void> {
    clearInterval(this.#pinging);
    clearTimeout(this.#ticking);
    const sockets = [...this.#connections.values()].map(({ socket }) => socket);
    const closed = sockets.map((socket) => new Promise((resolve) => void socket.once("close", resolve)));
    for (const socket of sockets) socket.close(CLOSE_GOING_AWAY, "server is going away");
    const timeout = setTimeout(() => sockets.forEach((socket) => socket.terminate()), CLOSE_TIMEOUT_MS);
    await Promise.all(closed);
    clearTimeout(timeout);
    clearTimeout(this.#ticking);
  }

  #handle(event: RealmEvent): void {
    for (const effect of this.#realm.handle(event, performance.now())) {
      const socket = this.#connections.get(effect.socket)?.socket;
      if (effect.type === "close") socket?.close(effect.code, effect.reason);
      else if (socket) this.#send(socket, effect.text);
    }
    if (this.#realm.waiting) this.#tickSoon();
  }

  #send(socket: WebSocket, text: string): void {
    if (socket.bufferedAmount > this.#limits.maxBacklog) socket.terminate();
    else socket.send(text);
  }

  #tickSoon(): void {
    this.#ticking ??= setTimeout(() => {
      this.#ticking = undefined;
      this.#handle({ type: "ticked" });
    }, TICK_MS).unref();
  }

  #ping(): void {
    for (const connection of this.#connections.values()) {
      if (!connection.alive) {
        connection.socket.terminate();
        continue;
      }
      connection.alive = false;
      connection.socket.ping();
    }
  }
}
