import { isPeerId, parseClientEnvelope } from "@clayground/protocol";
import { Departed } from "./departed.ts";
import { MAX_SECRET_LENGTH, type RealmLimits } from "./limits.ts";
import { TokenBucket } from "./token-bucket.ts";
import { WaitingRoom } from "./waiting-room.ts";

/** What a client's URL says, unchecked. */
export interface ClientQuery {
  readonly id?: string | undefined;
  readonly token?: string | undefined;
  readonly key?: string | undefined;
  readonly version?: string | undefined;
}

/** What happened. A socket is a number that the shell gives out once. */
export type RealmEvent =
  | { readonly type: "connected"; readonly socket: number; readonly query: ClientQuery }
  | { readonly type: "received"; readonly socket: number; readonly text: string }
  /** `clean`: the client has said that it goes, so it does not come back. */
  | { readonly type: "disconnected"; readonly socket: number; readonly clean: boolean }
  | { readonly type: "ticked" };

/** What is to be done, in this order. */
export type RealmEffect =
  | { readonly type: "send"; readonly socket: number; readonly text: string }
  | { readonly type: "close"; readonly socket: number; readonly code: number; readonly reason: string };

/** RFC 6455: the client broke a rule. */
const CLOSE_POLICY = 1008;
/** Ours: the same id and token connected again. Who gets this must not reconnect, or two clients fight for ever. */
const CLOSE_REPLACED = 4000;

interface Client {
  readonly socket: number;
  readonly id: string;
  readonly token: string;
  readonly bucket: TokenBucket;
  /** PeerJS does not know HEARTBEAT as an answer; native apps and this library do. */
  readonly echoesHeartbeat: boolean;
}

// What only the server may say: forwarded, it would let one client speak for the server to another.
const SERVER_TYPES = new Set(["OPEN", "ID-TAKEN", "INVALID-KEY", "ERROR", "EXPIRE"]);

/** Who is here, and what goes from whom to whom: events in, effects out; no sockets, no clock. */
export class Realm {
  readonly #key: string;
  readonly #limits: RealmLimits;
  readonly #clients = new Map<string, Client>();
  readonly #bySocket = new Map<number, Client>();
  readonly #departed: Departed;
  readonly #waiting: WaitingRoom;

  constructor(key: string, limits: RealmLimits) {
    this.#key = key;
    this.#limits = limits;
    this.#departed = new Departed(limits.departedPeerMs);
    this.#waiting = new WaitingRoom(limits.maxWaitingPerPeer, limits.maxWaitingLength);
  }

  /** Clients that are connected. */
  get clients(): number {
    return this.#clients.size;
  }

  /** Whether a tick can do something. */
  get waiting(): boolean {
    return !this.#waiting.empty;
  }

  /** Characters of the messages that wait for absent ids. */
  get waitingLength(): number {
    return this.#waiting.length;
  }

  /** Takes one event at the time `now` in milliseconds, of a clock that never goes back. */
  handle(event: RealmEvent, now: number): readonly RealmEffect[] {
    switch (event.type) {
      case "connected":
        return this.#connect(event.socket, event.query, now);
      case "received":
        return this.#receive(event.socket, event.text, now);
      case "disconnected":
        this.#remove(event.socket, !event.clean, now);
        return [];
      case "ticked":
        return this.#waiting.expire(now).flatMap(({ src, dst }) => this.#expire(src, dst));
    }
  }

  #connect(socket: number, { id, token, key, version }: ClientQuery, now: number): readonly RealmEffect[] {
    // PeerServer's words, because PeerJS shows them.
    if (!isPeerId(id) || !isSecret(token) || !isSecret(key)) {
      return refuse(socket, "ERROR", "No id, token, or key supplied to websocket server");
    }
    if (key !== this.#key) return refuse(socket, "INVALID-KEY", "Invalid key provided");
    const holder = this.#clients.get(id);
    if (holder ? holder.token !== token : this.#departed.reservedFromToken(id, token, now)) {
      return refuse(socket, "ID-TAKEN", "ID is taken");
    }
    if (!holder && this.#clients.size >= this.#limits.maxClients) {
      return refuse(socket, "ERROR", "Server has reached its concurrent user limit");
    }
    const effects: RealmEffect[] = [];
    if (holder) {
      this.#bySocket.delete(holder.socket);
      effects.push({ type: "close", socket: holder.socket, code: CLOSE_REPLACED, reason: "connected again" });
    }
    const bucket = new TokenBucket(this.#limits.burst, this.#limits.messagesPerSecond, now);
    const client = { socket, id, token, bucket, echoesHeartbeat: version === undefined || version.startsWith("clay") };
    this.#clients.set(id, client);
    this.#bySocket.set(socket, client);
    this.#departed.remove(id);
    effects.push({ type: "send", socket, text: '{"type":"OPEN"}' });
    for (const text of this.#waiting.take(id)) effects.push({ type: "send", socket, text });
    return effects;
  }

  #receive(socket: number, text: string, now: number): readonly RealmEffect[] {
    const client = this.#bySocket.get(socket);
    // A socket that was refused or replaced may still have frames on the way.
    if (!client) return [];
    if (!client.bucket.take(now)) {
      this.#remove(socket, true, now);
      return refuse(socket, "ERROR", "Too many messages");
    }
    const message = parseClientEnvelope(text);
    if (!message) return [];
    const { type, dst, payload } = message;
    if (type === "HEARTBEAT")
      return client.echoesHeartbeat ? [{ type: "send", socket, text: '{"type":"HEARTBEAT"}' }] : [];
    if (dst !== undefined) return SERVER_TYPES.has(type) ? [] : this.#forward(client, type, dst, payload, now);
    if (type !== "LEAVE") return [];
    this.#remove(socket, false, now);
    return [{ type: "close", socket, code: 1000, reason: "left" }];
  }

  #forward(from: Client, type: string, dst: string, payload: unknown, now: number): readonly RealmEffect[] {
    const text = JSON.stringify({ type, src: from.id, dst, payload });
    const to = this.#clients.get(dst);
    if (to) return [{ type: "send", socket: to.socket, text }];
    // Who is not here has left already.
    if (type === "LEAVE") return [];
    const until = Math.max(this.#departed.until(dst, now) ?? 0, now + this.#limits.unknownPeerMs);
    return this.#waiting.add(dst, from.id, text, until) ? [] : this.#expire(from.id, dst);
  }

  #expire(src: string, dst: string): readonly RealmEffect[] {
    const client = this.#clients.get(src);
    // As on PeerServer, `src` is the id that could not be reached.
    return client
      ? [{ type: "send", socket: client.socket, text: JSON.stringify({ type: "EXPIRE", src: dst, dst: src }) }]
      : [];
  }

  #remove(socket: number, reserved: boolean, now: number): void {
    const client = this.#bySocket.get(socket);
    if (!client) return;
    this.#bySocket.delete(socket);
    this.#clients.delete(client.id);
    this.#departed.add(client.id, client.token, reserved, now);
  }
}

function isSecret(value: string | undefined): value is string {
  return value !== undefined && value !== "" && value.length <= MAX_SECRET_LENGTH;
}

function refuse(socket: number, type: "ERROR" | "ID-TAKEN" | "INVALID-KEY", msg: string): readonly RealmEffect[] {
  return [
    { type: "send", socket, text: JSON.stringify({ type, payload: { msg } }) },
    { type: "close", socket, code: CLOSE_POLICY, reason: msg },
  ];
}
