import { CLOSE_TOO_LARGE, type ClientQuery, type RefusalMessage } from "./client-query.ts";
import { addressGroup } from "./client-address.ts";
import type { Connection, ConnectionListener } from "./connection.ts";
import type { Realm, RealmEffect, RealmEvent } from "./realm.ts";
import type { Reports } from "./reports.ts";
import type { Refusal } from "./statistics.ts";

/** What the shell holds its connections to. */
export interface ConnectionLimits {
  /**
   * Bytes that may wait for a client that does not read; then it is dropped. Other clients' frames may fill half of it,
   * so that nobody can cut another off.
   */
  readonly maxBacklog: number;
  /** Milliseconds between two pings. Who does not answer one until the next is dead. */
  readonly pingIntervalMs: number;
  /** Bytes of a frame. */
  readonly maxPayload: number;
}

// How exactly messages for absent ids expire. A tick looks at what may expire only.
const TICK_MS = 100;
// Clients are not all pinged at once: 20,000 take 0.2 s, in which nobody else is served.
const PING_GROUPS = 15;
// RFC 6455: the server goes away.
const CLOSE_GOING_AWAY = 1001;
// RFC 6455: the connection broke without a close frame.
const CLOSED_ABNORMALLY = 1006;
// A client answers a close frame in a round trip; a dead one never.
const CLOSE_TIMEOUT_MS = 500;

/** The shell around a realm: its connections and its clock. */
export class Connections implements ConnectionListener {
  readonly #realm: Realm;
  readonly #limits: ConnectionLimits;
  readonly #reports: Reports;
  /** Those that the realm knows. */
  readonly #connections = new Map<number, Connection>();
  /** All whose transport is still there. */
  readonly #open = new Set<Connection>();
  readonly #pinging: NodeJS.Timeout;
  readonly #whenEmpty = new Set<() => void>();
  #whenAllGone = (): void => undefined;
  #nextNumber = 1;
  #pingGroup = 0;
  #overHttp = 0;
  #ticking: NodeJS.Timeout | undefined;

  constructor(realm: Realm, limits: ConnectionLimits, reports: Reports) {
    this.#realm = realm;
    this.#limits = limits;
    this.#reports = reports;
    realm.roomOf = (socket) => limits.maxBacklog / 2 - (this.#connections.get(socket)?.backlog ?? 0);
    this.#pinging = setInterval(() => this.#pingSome(), limits.pingIntervalMs / PING_GROUPS);
    // What keeps the process alive is the server that listens.
    this.#pinging.unref();
  }

  /** Clients that came over plain HTTP. */
  get clientsOverHttp(): number {
    return this.#overHttp;
  }

  /** Is told the address of each client that was closed for sending too much. */
  onFlood: (address: string) => void = () => undefined;

  /** Takes a connection that has just been opened. From now on it is told of. */
  open(connection: Connection): void {
    this.#open.add(connection);
  }

  /** The connection of a client. */
  find(id: string): Connection | undefined {
    const number = this.#realm.socketOf(id);
    return number === undefined ? undefined : this.#connections.get(number);
  }

  /** Frees the id of a client whose connection broke before it said good-bye. */
  free(id: string, token: string): boolean {
    return this.#realm.free(id, token, performance.now());
  }

  /** Asks the realm to make a connection a client. */
  enter(connection: Connection, query: ClientQuery): void {
    // It broke while it was authorized.
    if (!this.#open.has(connection)) return;
    connection.number = this.#nextNumber++;
    this.#connections.set(connection.number, connection);
    connection.start();
    const address = addressGroup(connection.address);
    this.#handle({ type: "connected", socket: connection.number, query, address });
  }

  /** Says no to a connection that the realm does not know. */
  refuse(
    connection: Connection,
    { reason, type, msg, code }: RefusalMessage,
    query: ClientQuery,
    origin?: string,
  ): void {
    this.#reports.refused(reason, { address: connection.address, id: query.id, origin });
    if (!this.#open.has(connection)) return;
    connection.start();
    this.#reports.counters.bytesSent += connection.send(JSON.stringify({ type, payload: { msg } }));
    const isFlood = reason === "message-rate";
    connection.close(code, msg, isFlood || reason === "frame-size");
    if (isFlood) this.onFlood(connection.address);
  }

  /** Tells all clients that the server goes away in so many milliseconds. */
  announceEnd(ms: number): void {
    this.#handle({ type: "draining", ms });
  }

  /** Closes every client. */
  closeAll(code: number, reason: string): void {
    for (const connection of [...this.#connections.values()]) {
      connection.close(code, reason, false);
      this.#forget(connection, code);
    }
  }

  /** Resolves when there are no clients, at once when there are none. */
  empty(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#connections.size === 0) resolve();
      else this.#whenEmpty.add(resolve);
    });
  }

  /** Closes every connection; resolves when all are gone, in half a second at most. */
  async close(): Promise<void> {
    clearInterval(this.#pinging);
    this.closeAll(CLOSE_GOING_AWAY, "server is going away");
    clearTimeout(this.#ticking);
    if (this.#open.size === 0) return;
    const allGone = new Promise<void>((resolve) => {
      this.#whenAllGone = resolve;
    });
    const late = setTimeout(() => {
      for (const connection of this.#open) connection.terminate();
    }, CLOSE_TIMEOUT_MS);
    await allGone;
    clearTimeout(late);
  }

  received(connection: Connection, frame: Buffer): void {
    this.#reports.counters.bytesReceived += frame.length;
    this.#handle({ type: "received", socket: connection.number, frame });
  }

  strained(connection: Connection): void {
    // A request may go on for longer than its client.
    if (!this.#connections.has(connection.number)) return;
    // Pongs fill it too, and no effect of the realm looks at them.
    if (connection.backlog > this.#limits.maxBacklog) return this.#drop(connection, "backlog");
    this.#handle({ type: "strained", socket: connection.number });
  }

  oversized(connection: Connection): void {
    if (!this.#connections.has(connection.number)) return;
    const msg = `Message is larger than ${this.#limits.maxPayload} bytes`;
    this.#reports.refused("frame-size", connection);
    this.#reports.counters.bytesSent += connection.send(JSON.stringify({ type: "ERROR", payload: { msg } }));
    connection.close(CLOSE_TOO_LARGE, msg, true);
    this.#forget(connection, CLOSE_TOO_LARGE);
  }

  flooded(connection: Connection): void {
    this.#handle({ type: "flooded", socket: connection.number });
  }

  ended(connection: Connection, code: number): void {
    this.#forget(connection, code);
  }

  gone(connection: Connection): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#whenAllGone();
  }

  /** Takes a connection from the realm, once. */
  #forget(connection: Connection, code: number): void {
    if (!this.#connections.delete(connection.number)) return;
    this.#left(connection, code);
    this.#handle({ type: "disconnected", socket: connection.number, clean: code !== CLOSED_ABNORMALLY });
    this.#announceEmpty();
  }

  #handle(event: RealmEvent): void {
    const effects = this.#realm.handle(event, performance.now());
    for (const effect of effects) {
      const connection = this.#connections.get(effect.socket);
      if (connection) this.#apply(effect, connection, event);
    }
    if (this.#realm.isWaiting) this.#tickSoon();
  }

  #apply(effect: RealmEffect, connection: Connection, cause: RealmEvent): void {
    switch (effect.type) {
      case "send":
        if (connection.backlog > this.#limits.maxBacklog) this.#drop(connection, "backlog");
        else this.#reports.counters.bytesSent += connection.send(effect.frame);
        break;
      case "accept":
        this.#accepted(connection, effect.id, effect.replaced);
        break;
      case "close":
        if (effect.refusal) {
          const id = cause.type === "connected" ? cause.query.id : connection.id;
          this.#reports.logRefused(effect.refusal, { address: connection.address, id });
        }
        connection.close(effect.code, effect.reason, effect.refusal === "message-rate");
        if (effect.refusal === "message-rate") this.onFlood(connection.address);
        this.#connections.delete(connection.number);
        this.#left(connection, effect.code);
        this.#announceEmpty();
    }
  }

  #accepted(connection: Connection, id: string, replaced: boolean): void {
    const { address, transport } = connection;
    connection.id = id;
    connection.since = Math.floor(performance.now());
    if (transport === "http") this.#overHttp += 1;
    this.#reports.log({ event: "client-connected", id, address, transport, replaced });
  }

  #left({ id, since, address, transport }: Connection, code: number): void {
    if (id === undefined) return;
    if (transport === "http") this.#overHttp -= 1;
    const connectedMs = Math.floor(performance.now()) - since;
    this.#reports.log({ event: "client-left", id, address, transport, code, connectedMs });
  }

  #drop(connection: Connection, reason: Refusal): void {
    this.#reports.refused(reason, connection);
    connection.terminate();
    this.#forget(connection, CLOSED_ABNORMALLY);
  }

  #announceEmpty(): void {
    if (this.#connections.size > 0) return;
    for (const resolve of this.#whenEmpty) resolve();
    this.#whenEmpty.clear();
  }

  #tickSoon(): void {
    this.#ticking ??= setTimeout(() => {
      this.#ticking = undefined;
      this.#handle({ type: "ticked" });
    }, TICK_MS).unref();
  }

  #pingSome(): void {
    this.#pingGroup = (this.#pingGroup + 1) % PING_GROUPS;
    for (const connection of this.#connections.values()) {
      if (connection.number % PING_GROUPS !== this.#pingGroup) continue;
      if (connection.silence >= connection.patience) {
        this.#drop(connection, "silent");
      } else {
        connection.silence += 1;
        connection.ping();
      }
    }
    // Who left long ago is forgotten, also when nobody comes.
    if (this.#pingGroup === 0) this.#handle({ type: "ticked" });
  }
}
