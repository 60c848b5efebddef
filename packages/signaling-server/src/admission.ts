import type { IncomingMessage } from "node:http";
import { AddressRates } from "./address-rates.ts";
import { AllowedOrigins } from "./allowed-origins.ts";
import { addressGroup, clientAddress } from "./client-address.ts";
import { CLOSE_TRY_LATER, isRefusal, refusal } from "./client-query.ts";
import type { CheckedQuery, ClientQuery, QueryRules, RefusalMessage } from "./client-query.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import { FULL } from "./limits.ts";
import type { ConnectingClient, SignalingServerOptions } from "./options.ts";
import type { Reports } from "./reports.ts";
import { Tarpit } from "./tarpit.ts";

/** An answer that costs nothing: an HTTP status, before there is a connection. */
export interface EarlyRefusal {
  readonly status: 429 | 503;
  readonly title: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

// As PeerServer's clients come back after 5 s.
const DRAINING_RETRY_SECONDS = 5;
// After four floods an address has used up its connections.
const FINE = 0.25;
const FORGET_MS = 10_000;

/** Who may come in: rate, origin, and the operator's own check. */
export class Admission {
  readonly origins: AllowedOrigins;
  readonly #proxies: number;
  readonly #authorize: SignalingServerOptions["authorize"];
  readonly #handshakeMs: number;
  readonly #rates: AddressRates;
  readonly #tarpit = new Tarpit();
  readonly #rules: QueryRules;
  readonly #connections: Connections;
  readonly #reports: Reports;
  #forgotAt = 0;
  #pending = 0;
  readonly #maxPending: number;
  /** Whether nobody is taken any more. */
  draining = false;

  constructor(
    options: SignalingServerOptions & { readonly maxClients: number; readonly handshakeMs: number },
    rules: QueryRules,
    connections: Connections,
    reports: Reports,
  ) {
    const { trustProxy = 0, connectionBurst = 400, connectionsPerSecond = 20 } = options;
    this.origins = new AllowedOrigins(options.allowedOrigins);
    this.#proxies = Number(trustProxy);
    this.#authorize = options.authorize;
    this.#handshakeMs = options.handshakeMs;
    this.#maxPending = options.maxClients;
    this.#rates = new AddressRates(connectionBurst, connectionsPerSecond);
    this.#rules = rules;
    this.#connections = connections;
    this.#reports = reports;
  }

  /** The address of who sent a request. */
  addressOf(request: IncomingMessage): string {
    return clientAddress(request, this.#proxies);
  }

  /** Whether a request or connection from an address is refused before it costs anything. */
  refuseEarly(address: string, { opens }: { readonly opens: boolean }): EarlyRefusal | undefined {
    if (opens && this.draining) {
      this.#reports.refused("draining", { address });
      const headers = { "retry-after": String(DRAINING_RETRY_SECONDS) };
      return {
        status: 503,
        title: "Service Unavailable",
        text: "The server restarts. Come again in some seconds.\n",
        headers,
      };
    }
    const now = performance.now();
    if (now - this.#forgotAt > FORGET_MS) {
      this.#forgotAt = now;
      this.#rates.forget(now);
    }
    const group = addressGroup(address);
    if (this.#rates.take(group, now)) return undefined;
    this.#reports.refused("connection-rate", { address });
    const headers = { "retry-after": String(this.#rates.retryAfter(group, now)) };
    return { status: 429, title: "Too Many Requests", text: "Too many connections from your address.\n", headers };
  }

  /** Calls `answer` for who was refused early, at once or in a while, or else `drop`. */
  answerEarly({ status }: EarlyRefusal, address: string, answer: () => void, drop: () => void): void {
    if (status === 429) this.#tarpit.hold(addressGroup(address), answer, drop);
    else answer();
  }

  /** Whether a connection is not worth looking at: so many from its address wait for their refusal already. */
  isHopeless(socketAddress: string): boolean {
    // Behind a proxy all have the proxy's; and who is connected over HTTP may need a connection to post.
    const isTellable = this.#proxies === 0 && this.#connections.clientsOverHttp === 0;
    return isTellable && this.#tarpit.isFull(addressGroup(socketAddress));
  }

  /** Makes reconnecting slow for an address from which somebody sent too much: each connection has a burst of its own. */
  fine(address: string): void {
    this.#rates.fine(addressGroup(address), performance.now(), FINE);
  }

  /** Hangs up on who waits for a refusal. */
  close(): void {
    this.#tarpit.close();
  }

  /** Lets a connection in, or tells it why not. The operator may take a while for that. */
  admit(connection: Connection, query: ClientQuery, origin: string | undefined): void {
    this.#connections.open(connection);
    const no = (message: RefusalMessage): void => this.#connections.refuse(connection, message, query, origin);
    if (!this.origins.allows(origin)) {
      no(refusal("origin", "ERROR", `This server takes no pages from ${(origin ?? "").slice(0, 60)}`));
      return;
    }
    const draining = refusal("draining", "ERROR", "The server restarts", CLOSE_TRY_LATER);
    // Since it connected: it took a while to say who it is.
    if (this.draining) return no(draining);
    const checked = this.#rules.check(query);
    // Without a hook, and for what the realm refuses anyway, there is nothing to wait for.
    if (!this.#authorize || isRefusal(checked)) return this.#connections.enter(connection, query);
    if (this.#pending >= this.#maxPending) {
      no(refusal("server-full", "ERROR", FULL, CLOSE_TRY_LATER));
      return;
    }
    const { address } = connection;
    this.#pending += 1;
    void this.#ask(checked, origin, address).then((answer) => {
      this.#pending -= 1;
      if (answer === undefined)
        no(refusal("handshake-timeout", "ERROR", "Took too long to check who you are", CLOSE_TRY_LATER));
      else if (this.draining) no(draining);
      else if (answer) this.#connections.enter(connection, query);
      else no(refusal("unauthorized", "ERROR", "Not allowed on this server"));
    });
  }

  /** The operator's word on who is no client (yet), but asks for what clients get. */
  async allows(query: ClientQuery, origin: string | undefined, address: string): Promise<boolean> {
    if (!this.#authorize) return true;
    if (this.#pending >= this.#maxPending) return false;
    const { id = "", token = "", key = "" } = query;
    this.#pending += 1;
    const answer = await this.#ask({ ...query, id, token, key }, origin, address);
    this.#pending -= 1;
    const isAllowed = answer === true;
    if (!isAllowed) this.#reports.refused("unauthorized", { address, origin });
    return isAllowed;
  }

  /** The hook's answer; `undefined` when there is none in time. */
  async #ask(
    { id, key, token, isIntroduced = false, parameters = new URLSearchParams() }: CheckedQuery,
    origin: string | undefined,
    address: string,
  ): Promise<boolean | undefined> {
    const own = isIntroduced ? "" : token;
    const client: ConnectingClient = { id, key, token: own, parameters, origin, address };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, this.#handshakeMs, "late");
    });
    try {
      const answer = await Promise.race([this.#authorize?.(client), late]);
      // Whatever else a hook in plain JavaScript returns is no yes.
      return answer === "late" ? undefined : answer === true;
    } catch (error) {
      this.#reports.log({ event: "authorize-failed", id, address, error: String(error).slice(0, 200) });
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
