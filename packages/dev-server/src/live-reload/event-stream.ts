import type { IncomingMessage, ServerResponse } from "node:http";
import type { Changes } from "./changed-files.ts";
import type { Clock } from "./clock.ts";

/** Proxies and phones cut a connection on which nothing comes for a while. */
const KEEP_ALIVE_MS = 15_000;
/** How long a browser waits before it connects again. */
const RETRY_MS = 1000;
/** Far more than one person's tabs; each costs a socket. */
const MAX_LISTENERS = 200;
/** Beyond what the kernel takes for it; who reads nothing for so long is gone or hostile. */
const MAX_BACKLOG = 65_536;

/**
 * The pages that listen on `GET /events`, as Server-Sent Events.
 *
 * Each event's id is the time of the newest change, in milliseconds, 0 while none is known. A listener is told it by
 * `event: hello`; so one that comes back knows whether it missed something, also while the server was not there. Only
 * that the server was started again changes nothing: a game in the page goes on.
 */
export class EventStream {
  readonly #clock: Clock;
  readonly #listeners = new Set<ServerResponse>();
  #newest = 0;
  #stopKeepAlive: (() => void) | undefined;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many listen. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Makes this response a listener, or refuses it. */
  add(request: IncomingMessage, response: ServerResponse): void {
    // Pages from another origin (a game opened from a bundler's server) may listen, too.
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("cross-origin-resource-policy", "cross-origin");
    response.setHeader("cache-control", "no-store");
    if (this.#closed || this.#listeners.size >= MAX_LISTENERS) {
      response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "10" });
      response.end(`${MAX_LISTENERS} pages listen already. Close some tabs; this one tries again by itself.\n`);
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream", "x-accel-buffering": "no" });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    this.#listeners.add(response);
    response.on("close", () => this.#remove(response));
    response.on("error", () => this.#remove(response));
    // A phone that left the room never says so.
    request.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#stopKeepAlive ??= this.#clock.every(KEEP_ALIVE_MS, () => this.#sendToAll(":\n\n"));
    this.#send(response, `retry: ${RETRY_MS}\nid: ${this.#newest}\nevent: hello\ndata: {}\n\n`);
  }

  /** Notes a time at which something had changed before anybody listened. */
  changedAt(time: number): void {
    this.#newest = Math.max(this.#newest, time);
  }

  /** Tells everybody what has changed. */
  reload(changes: Changes): void {
    this.#newest = Math.max(this.#newest + 1, this.#clock.now());
    this.#sendToAll(`id: ${this.#newest}\nevent: reload\ndata: ${JSON.stringify(changes)}\n\n`);
  }

  /** Ends every listener's response, and refuses further ones. */
  close(): void {
    this.#closed = true;
    for (const response of [...this.#listeners]) {
      response.end();
      this.#remove(response);
    }
  }

  #sendToAll(text: string): void {
    for (const response of [...this.#listeners]) this.#send(response, text);
  }

  #send(response: ServerResponse, text: string): void {
    response.write(text);
    if (response.writableLength > MAX_BACKLOG) {
      this.#remove(response);
      response.destroy();
    }
  }

  #remove(response: ServerResponse): void {
    if (!this.#listeners.delete(response) || this.#listeners.size > 0) return;
    this.#stopKeepAlive?.();
    this.#stopKeepAlive = undefined;
  }
}
