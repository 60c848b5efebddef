import { AddressCounts } from "./address-counts.ts";
import { CLOSE_TRY_LATER, QueryRules, isRefusal, refusal } from "./client-query.ts";
import type { CheckedQuery, ClientQuery, RefusalMessage } from "./client-query.ts";
import { Counters } from "./counters.ts";
import { Departed } from "./departed.ts";
import { forwardedFrame, outgoingText, parseClientFrame, scanClientFrame, type Outgoing } from "./forwarded-frame.ts";
import { FULL, FULL_FOR_ADDRESS, type RealmLimits } from "./limits.ts";
import { Rate } from "./rate.ts";
import type { Refusal } from "./statistics.ts";
import { WaitingRoom } from "./waiting-room.ts";

/** What happened. A socket is a number that the shell gives out once. */
export type RealmEvent =
  /** `address`: whatever counts as one address, for the limit of clients from one. */
  | { readonly type: "connected"; readonly socket: number; readonly query: ClientQuery; readonly address: string }
  /** `frame`: bytes that are UTF-8; effects may still point into it. */
  | { readonly type: "received"; readonly socket: number; readonly frame: Buffer }
  /** Something came that is no message, but costs as much: a ping, a fragment, 2 KiB that were posted. */
  | { readonly type: "strained"; readonly socket: number }
  /** A client sent more at once than any client has to. */
  | { readonly type: "flooded"; readonly socket: number }
  /** `clean`: the client has said that it goes, so it does not come back. */
  | { readonly type: "disconnected"; readonly socket: number; readonly clean: boolean }
  /** The server goes away in so many milliseconds. */
  | { readonly type: "draining"; readonly ms: number }
  | { readonly type: "ticked" };

/** What is to be done, in this order. */
export type RealmEffect =
  /** The socket is a client now; `replaced` when it took its own place back. */
  | { readonly type: "accept"; readonly socket: number; readonly id: string; readonly replaced: boolean }
  | { readonly type: "send"; readonly socket: number; readonly frame: Outgoing }
  | {
      readonly type: "close";
      readonly socket: number;
      readonly code: number;
      readonly reason: string;
      /** The limit or check that this is about, when it is about one. */
      readonly refusal?: Refusal;
    };

/** Ours: the same id and token connected again. Who gets this must not reconnect, or two clients fight for ever. */
const CLOSE_REPLACED = 4000;

interface Client {
  readonly socket: number;
  readonly id: string;
  readonly token: string;
  readonly address: string;
  /** PeerJS does not know HEARTBEAT as an answer; native apps and this library do. */
  readonly echoesHeartbeat: boolean;
  /** The state of its message rate. */
  rate: number;
}

// What is longer counts as several messages: 100 a second of 64 KiB were 50 Mbit/s.
const BYTES_OF_ONE = 2048;
// And of what has to be parsed: that takes twenty times as long.
const PARSED_BYTES_OF_ONE = 256;
const NOTHING: readonly RealmEffect[] = [];
// What only the server may say: forwarded, it would let one client speak for the server to another.
const SERVER_TYPES = new Set(["OPEN", "ID-TAKEN", "INVALID-KEY", "ERROR", "EXPIRE", "GOAWAY"]);

/** Who is here, and what goes from whom to whom: events in, effects out; no sockets, no clock. */
export class Realm {
  readonly #limits: RealmLimits;
  readonly #rules: QueryRules;
  readonly #counters: Counters;
  readonly #clients = new Map<string, Client>();
  readonly #bySocket = new Map<number, Client>();
  readonly #addresses = new AddressCounts();
  readonly #departed: Departed;
  readonly #waiting: WaitingRoom;
  readonly #rate: Rate;

  constructor(key: string, limits: RealmLimits, counters: Counters = new Counters()) {
    this.#limits = limits;
    this.#rules = new QueryRules(key, limits);
    this.#counters = counters;
    // One departure is about 200 bytes.
    this.#departed = new Departed(limits.departedPeerMs, limits.maxClients);
    this.#waiting = new WaitingRoom(limits);
    this.#rate = new Rate(limits.burst, limits.messagesPerSecond);
  }

  /** Bytes that other clients may still send to a socket that reads slowly. */
  roomOf: (socket: number) => number = () => Infinity;

  /** Clients that are connected. */
  get clients(): number {
    return this.#clients.size;
  }

  /** Addresses from which clients are connected. */
  get addresses(): number {
    return this.#addresses.size;
  }

  /** Clients that left so lately that it matters. */
  get departed(): number {
    return this.#departed.size;
  }

  /** Absent ids, messages and bytes that wait. */
  get waiting(): { readonly peers: number; readonly messages: number; readonly length: number } {
    const { peers, messages, length } = this.#waiting;
    return { peers, messages, length };
  }

  /** Whether a tick can do something. */
  get isWaiting(): boolean {
    return this.#waiting.peers > 0;
  }

  /** The ids of all clients. */
  peers(): readonly string[] {
    return [...this.#clients.keys()];
  }

  /** The socket of a client. */
  socketOf(id: string): number | undefined {
    return this.#clients.get(id)?.socket;
  }

  /**
   * Takes a good-bye that came after its connection had broken, as when a page is closed: its id is not kept for it any
   * longer. `false` when nobody with this id and token has left lately.
   */
  free(id: string, token: string, now: number): boolean {
    return this.#departed.free(id, token, now);
  }

  /** Clients that are connected from an address. */
  clientsFrom(address: string): number {
    return this.#addresses.count(address);
  }

  /** Takes one event at the time `now` in milliseconds, of a clock that never goes back. */
  handle(event: RealmEvent, now: number): readonly RealmEffect[] {
    switch (event.type) {
      case "connected":
        return this.#connect(event.socket, event.query, event.address, now);
      case "received":
        return this.#receive(event.socket, event.frame, now);
      case "strained":
        return this.#strain(event.socket, now);
      case "flooded": {
        const client = this.#bySocket.get(event.socket);
        return client ? this.#flooded(client, now) : NOTHING;
      }
      case "disconnected":
        this.#remove(event.socket, !event.clean, now);
        return NOTHING;
      case "draining":
        return this.#tellAll({ type: "GOAWAY", payload: { ms: event.ms } });
      case "ticked":
        this.#departed.forget(now);
        return this.#waiting.expire(now).flatMap(({ src, dst }) => this.#expire(src, dst));
    }
  }

  #connect(socket: number, query: ClientQuery, address: string, now: number): readonly RealmEffect[] {
    const checked = this.#check(query, address, now);
    if (isRefusal(checked)) return this.#refuse(socket, checked);
    const { id, token, version } = checked;
    const effects: RealmEffect[] = [];
    const holder = this.#clients.get(id);
    if (holder) {
      this.#bySocket.delete(holder.socket);
      this.#addresses.remove(holder.address);
      this.#counters.replaced += 1;
      effects.push({ type: "close", socket: holder.socket, code: CLOSE_REPLACED, reason: "connected again" });
    }
    const echoesHeartbeat = version === undefined || version.startsWith("clay");
    const client = { socket, id, token, address: this.#addresses.add(address), echoesHeartbeat, rate: 0 };
    this.#clients.set(id, client);
    this.#bySocket.set(socket, client);
    this.#departed.remove(id);
    this.#counters.accepted += 1;
    effects.push({ type: "accept", socket, id, replaced: holder !== undefined });
    const open = checked.isIntroduced === true ? { id, type: "OPEN" } : { type: "OPEN" };
    effects.push({ type: "send", socket, frame: JSON.stringify(open) });
    return [...effects, ...this.#deliverWaiting(socket, id)];
  }

  #deliverWaiting(socket: number, id: string): readonly RealmEffect[] {
    const effects: RealmEffect[] = [];
    const unreachable = new Set<string>();
    let room = this.roomOf(socket);
    for (const { src, text, length } of this.#waiting.take(id)) {
      if (room > 0) {
        this.#counters.delivered += 1;
        effects.push({ type: "send", socket, frame: text });
      } else {
        this.#counters.refused["waiting-full"] += 1;
        unreachable.add(src);
      }
      room -= length;
    }
    for (const src of unreachable) effects.push(...this.#expire(src, id));
    return effects;
  }

  #check(query: ClientQuery, address: string, now: number): CheckedQuery | RefusalMessage {
    const checked = this.#rules.check(query);
    if (isRefusal(checked)) return checked;
    const { id, token } = checked;
    const holder = this.#clients.get(id);
    if (holder ? holder.token !== token : this.#departed.reservedFromToken(id, token, now)) {
      return refusal("id-taken", "ID-TAKEN", "ID is taken");
    }
    if (!holder && this.#clients.size >= this.#limits.maxClients) {
      return refusal("server-full", "ERROR", FULL, CLOSE_TRY_LATER);
    }
    if (holder?.address !== address && this.#addresses.count(address) >= this.#limits.maxClientsPerAddress) {
      return refusal("address-full", "ERROR", FULL_FOR_ADDRESS, CLOSE_TRY_LATER);
    }
    return checked;
  }

  #receive(socket: number, frame: Buffer, now: number): readonly RealmEffect[] {
    const client = this.#bySocket.get(socket);
    // A socket that was refused or replaced may still have frames on the way.
    if (!client) return NOTHING;
    if (!this.#mayGoOn(client, now, 1 + Math.floor(frame.length / BYTES_OF_ONE))) return this.#flooded(client, now);
    let message = scanClientFrame(frame);
    if (message === "unsure") {
      if (!this.#mayGoOn(client, now, Math.floor(frame.length / PARSED_BYTES_OF_ONE)))
        return this.#flooded(client, now);
      message = parseClientFrame(frame);
    }
    if (!message) return this.#drop();
    const { type, dst } = message;
    if (SERVER_TYPES.has(type) || (dst === undefined && type !== "HEARTBEAT" && type !== "LEAVE")) return this.#drop();
    this.#counters.countMessage(type);
    if (type === "HEARTBEAT")
      return client.echoesHeartbeat ? [{ type: "send", socket, frame: '{"type":"HEARTBEAT"}' }] : NOTHING;
    if (dst !== undefined) {
      const forwarded = forwardedFrame(frame, message, client.id);
      return forwarded === undefined ? this.#drop() : this.#forward(client, type, dst, forwarded, now);
    }
    this.#remove(socket, false, now);
    return [{ type: "close", socket, code: 1000, reason: "left" }];
  }

  #strain(socket: number, now: number): readonly RealmEffect[] {
    const client = this.#bySocket.get(socket);
    return client && !this.#mayGoOn(client, now, 1) ? this.#flooded(client, now) : NOTHING;
  }

  #mayGoOn(client: Client, now: number, cost: number): boolean {
    const rate = this.#rate.take(client.rate, now, cost);
    if (rate !== undefined) client.rate = rate;
    return rate !== undefined;
  }

  #flooded({ socket }: Client, now: number): readonly RealmEffect[] {
    this.#remove(socket, true, now);
    return this.#refuse(socket, refusal("message-rate", "ERROR", "Too many messages"));
  }

  #forward(from: Client, type: string, dst: string, frame: Outgoing, now: number): readonly RealmEffect[] {
    const to = this.#clients.get(dst);
    if (to && this.roomOf(to.socket) > 0) {
      this.#counters.delivered += 1;
      return [{ type: "send", socket: to.socket, frame }];
    }
    // Who is not here has left already.
    if (type === "LEAVE") return NOTHING;
    if (!to && this.#wait(from, dst, frame, now)) return NOTHING;
    this.#counters.refused["waiting-full"] += 1;
    return this.#expire(from.id, dst);
  }

  #wait({ id, address }: Client, dst: string, frame: Outgoing, now: number): boolean {
    const soon = now + this.#limits.unknownPeerMs;
    const until = Math.max(this.#departed.until(dst, now) ?? 0, soon);
    return this.#waiting.add(dst, { src: id, address, text: outgoingText(frame) }, until, until === soon);
  }

  #expire(src: string, dst: string): readonly RealmEffect[] {
    this.#counters.expired += 1;
    const client = this.#clients.get(src);
    // As on PeerServer, `src` is the id that could not be reached.
    return client
      ? [{ type: "send", socket: client.socket, frame: JSON.stringify({ type: "EXPIRE", src: dst, dst: src }) }]
      : NOTHING;
  }

  #tellAll(message: object): readonly RealmEffect[] {
    const text = JSON.stringify(message);
    return [...this.#bySocket.keys()].map((socket) => ({ type: "send", socket, frame: text }));
  }

  #drop(): readonly RealmEffect[] {
    this.#counters.dropped += 1;
    return NOTHING;
  }

  #refuse(socket: number, { reason, type, msg, code }: RefusalMessage): readonly RealmEffect[] {
    this.#counters.refused[reason] += 1;
    return [
      { type: "send", socket, frame: JSON.stringify({ type, payload: { msg } }) },
      { type: "close", socket, code, reason: msg, refusal: reason },
    ];
  }

  #remove(socket: number, reserved: boolean, now: number): void {
    const client = this.#bySocket.get(socket);
    if (!client) return;
    this.#bySocket.delete(socket);
    this.#clients.delete(client.id);
    this.#addresses.remove(client.address);
    this.#departed.add(client.id, client.token, reserved, now);
  }
}
