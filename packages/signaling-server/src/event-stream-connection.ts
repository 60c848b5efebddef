import type { ServerResponse } from "node:http";
import { Connection, type ConnectionListener } from "./connection.ts";
import { outgoingText, type Outgoing } from "./forwarded-frame.ts";

// Long enough for the last event to go out over a slow line.
const CLOSE_TIMEOUT_MS = 2000;
const CLOSED_ABNORMALLY = 1006;

const OWNER = Symbol("the connection of this response");

interface OwnedResponse extends ServerResponse {
  [OWNER]?: EventStreamConnection;
}

/** A client over plain HTTP: server-sent events down, requests up. */
export class EventStreamConnection extends Connection {
  override readonly transport = "http";
  // Only what it posts shows that it is there; clients beat every 5 s.
  override readonly patience = 2;
  readonly token: string;
  readonly #response: OwnedResponse;
  /** The code with which it was closed. */
  closeCode: number | undefined;
  /** Requests of this client that are being read. */
  posts = 0;

  /** @param headers what to add to the answer's */
  constructor(
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
    client: { readonly address: string; readonly token: string },
    listener: ConnectionListener,
  ) {
    super(client.address, listener);
    this.token = client.token;
    this.#response = response;
    this.#response[OWNER] = this;
    response.on("error", destroy);
    response.on("close", onClose);
    response.socket?.setNoDelay(true);
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // nginx would keep back what it has not enough of.
      "x-accel-buffering": "no",
      ...headers,
    });
  }

  get backlog(): number {
    return this.#response.writableLength;
  }

  start(): void {
    this.#response.flushHeaders();
  }

  send(frame: Outgoing): number {
    // Line ends would end the event. A tab is as good between JSON's tokens, and as wrong inside of a string.
    return this.#write(`data: ${outgoingText(frame).replace(/[\r\n]/g, "\t")}\n\n`);
  }

  ping(): void {
    this.#write(":\n\n");
  }

  close(code: number, reason: string): void {
    if (this.closeCode !== undefined) return;
    this.#write(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`);
    this.closeCode = code;
    this.#response.end();
    setTimeout(destroyResponse, CLOSE_TIMEOUT_MS, this.#response).unref();
  }

  terminate(): void {
    this.#response.destroy();
  }

  /** A message that was posted. */
  post(frame: Buffer): void {
    this.listener.received(this, frame);
  }

  /** A request came, with whatever in it. */
  posted(): void {
    this.silence = 0;
    this.listener.strained(this);
  }

  /** Some more of a request came. */
  postedMore(): void {
    this.listener.strained(this);
  }

  /** One request too many came at the same time. */
  postedTooMany(): void {
    this.listener.flooded(this);
  }

  /** A request that is too large came. */
  postedTooMuch(): void {
    this.listener.oversized(this);
  }

  /** The response is no more. */
  lost(): void {
    this.listener.ended(this, CLOSED_ABNORMALLY);
    this.listener.gone(this);
  }

  #write(event: string): number {
    if (this.closeCode !== undefined || this.#response.destroyed) return 0;
    // As bytes: of texts, Node counts the characters that wait.
    const bytes = Buffer.from(event);
    this.#response.write(bytes);
    return bytes.length;
  }
}

function onClose(this: OwnedResponse): void {
  const owner = this[OWNER];
  delete this[OWNER];
  owner?.lost();
}

function destroy(this: OwnedResponse): void {
  this.destroy();
}

// After `end()` a response gives its socket back; it is closed with the socket when not all went out.
function destroyResponse(response: ServerResponse): void {
  if (!response.writableFinished) response.destroy();
}
