import { randomBytes } from "node:crypto";
import { AddressCounts } from "./address-counts.ts";
import type { Admission } from "./admission.ts";
import { addressGroup } from "./client-address.ts";
import { CLOSE_TRY_LATER, refusal } from "./client-query.ts";
import type { ClientQuery, RefusalMessage } from "./client-query.ts";
import type { Connection, ConnectionListener } from "./connection.ts";
import type { Connections } from "./connections.ts";
import { FIRST_FRAME_TOO_LARGE, readFirstFrame } from "./first-frame.ts";
import { FULL, FULL_FOR_ADDRESS, type RealmLimits } from "./limits.ts";
import type { WebSocketConnection } from "./websocket-connection.ts";

/** What those who say who they are in their first frame are held to. */
export interface IntroductionLimits extends Pick<RealmLimits, "maxClients" | "maxClientsPerAddress"> {
  readonly handshakeMs: number;
  /** The server's key, which they do not know. */
  readonly key: string;
}

/** Somebody whose first frame has not come. */
interface Guest {
  readonly connection: WebSocketConnection;
  readonly origin: string | undefined;
  readonly parameters: URLSearchParams | undefined;
  readonly group: string;
  readonly timer: NodeJS.Timeout;
  strains: number;
}

// Pings, and pieces of a first frame that existing apps send in one.
const MAX_STRAINS = 16;
const WANTED = 'Say who you are: {"id":"…"} as the first frame, or id, token and key in the URL';
const CLOSE_GOING_AWAY = 1001;

/** The clients of existing apps in LAN mode, from their connection to the first frame, in which they say their id. */
export class Introductions implements ConnectionListener {
  readonly #guests = new Map<Connection, Guest>();
  readonly #addresses = new AddressCounts();
  readonly #limits: IntroductionLimits;
  readonly #connections: Connections;
  readonly #admission: Admission;

  constructor(limits: IntroductionLimits, connections: Connections, admission: Admission) {
    this.#limits = limits;
    this.#connections = connections;
    this.#admission = admission;
  }

  /** Whether a query is one of theirs. */
  isMeant({ token, key }: ClientQuery): boolean {
    return token === undefined && key === undefined;
  }

  /** Waits for a connection's first frame. Nothing that its query says counts, but for the operator's check. */
  take(connection: WebSocketConnection, { parameters }: ClientQuery, origin: string | undefined): void {
    const { maxClients, maxClientsPerAddress, handshakeMs } = this.#limits;
    this.#connections.open(connection);
    const group = addressGroup(connection.address);
    const no = (message: RefusalMessage): void => this.#connections.refuse(connection, message, {}, origin);
    if (this.#guests.size >= maxClients) return no(refusal("server-full", "ERROR", FULL, CLOSE_TRY_LATER));
    if (this.#addresses.count(group) >= maxClientsPerAddress)
      return no(refusal("address-full", "ERROR", FULL_FOR_ADDRESS, CLOSE_TRY_LATER));
    const timer = setTimeout(
      () => this.#refuse(connection, refusal("handshake-timeout", "ERROR", WANTED)),
      handshakeMs,
    );
    timer.unref();
    this.#addresses.add(group);
    this.#guests.set(connection, { connection, origin, parameters, group, timer, strains: 0 });
    connection.listener = this;
    connection.start();
  }

  /** Sends away who has said nothing yet. */
  close(): void {
    for (const { connection } of this.#guests.values()) {
      this.#release(connection);
      connection.close(CLOSE_GOING_AWAY, "server is going away", false);
    }
  }

  received(connection: Connection, frame: Buffer): void {
    const first = readFirstFrame(frame);
    if ("reason" in first) return this.#refuse(connection, first);
    const guest = this.#release(connection);
    if (!guest) return;
    // It counts as an ordinary frame, too: of a client, once it is one.
    guest.connection.holdBack(frame);
    const id = first.id ?? randomBytes(8).toString("hex");
    // Nobody knows this token, so nobody takes the place of such a client.
    const token = randomBytes(16).toString("hex");
    const { key } = this.#limits;
    const { parameters, origin } = guest;
    this.#admission.admit(
      connection,
      { id, token, key, isIntroduced: true, ...(parameters && { parameters }) },
      origin,
    );
  }

  strained(connection: Connection): void {
    const guest = this.#guests.get(connection);
    if (!guest) return;
    guest.strains += 1;
    if (guest.strains > MAX_STRAINS) this.#refuse(connection, refusal("message-rate", "ERROR", "Too many messages"));
  }

  oversized(connection: Connection): void {
    this.#refuse(connection, FIRST_FRAME_TOO_LARGE);
  }

  flooded(connection: Connection): void {
    this.#refuse(connection, refusal("message-rate", "ERROR", "Too many messages"));
  }

  ended(connection: Connection): void {
    this.#release(connection);
  }

  gone(connection: Connection): void {
    this.#release(connection);
    this.#connections.gone(connection);
  }

  #refuse(connection: Connection, message: RefusalMessage): void {
    const guest = this.#release(connection);
    if (guest) this.#connections.refuse(connection, message, {}, guest.origin);
  }

  /** It is no guest any more; what comes now is for the others to judge. */
  #release(connection: Connection): Guest | undefined {
    const guest = this.#guests.get(connection);
    if (!guest) return undefined;
    clearTimeout(guest.timer);
    this.#guests.delete(connection);
    this.#addresses.remove(guest.group);
    connection.listener = this.#connections;
    return guest;
  }
}
