import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Admission } from "./admission.ts";
import { CLOSE_POLICY } from "./client-query.ts";
import type { ClientQuery } from "./client-query.ts";
import type { Connections } from "./connections.ts";
import { parseQuery } from "./endpoint.ts";
import { EventStreamConnection } from "./event-stream-connection.ts";
import { readClientFrame } from "./forwarded-frame.ts";
import { answer, type Headers } from "./http-answers.ts";

// Clients post one after the other; each request that is being read may take up to `maxPayload`.
const MAX_POSTS = 4;
// Bytes of a request, and pieces that it came in, that cost as much as a message.
const BYTES_OF_ONE = 2048;
const PIECES_OF_ONE = 16;
// Of who is not connected, only a good-bye is looked for.
const MAX_GOOD_BYE_BYTES = 1024;
const NEWLINE = 0x0a;
const NOT_CONNECTED = "No client with this id and token is connected over HTTP. Connect again.\n";
const TOO_MUCH = "Too many messages.\n";

/** Signaling for clients that get no WebSocket: `GET` opens a stream of events, `POST` brings frames. */
export class HttpSignaling {
  readonly #connections: Connections;
  readonly #admission: Admission;
  readonly #key: string;
  readonly #maxPayload: number;

  constructor(
    connections: Connections,
    admission: Admission,
    { key, maxPayload }: { key: string; maxPayload: number },
  ) {
    this.#connections = connections;
    this.#admission = admission;
    this.#key = key;
    this.#maxPayload = maxPayload;
  }

  /** Whether a request to the server's path is signaling, not something else that may be there. */
  isMeant({ method, headers }: IncomingMessage): boolean {
    return method === "POST" || (method === "GET" && (headers.accept?.includes("text/event-stream") ?? false));
  }

  /** Opens a client's stream. */
  open(request: IncomingMessage, response: ServerResponse, address: string): boolean {
    const query = parseQuery(request.url);
    const headers = this.#admission.origins.headers(request.headers.origin);
    if (request.method === "POST") {
      // Of a page that is closed, the stream may end before its good-bye is here.
      gather(request, response, MAX_GOOD_BYE_BYTES, {
        take: (body) => this.#free(query, body, response, headers),
        takeMore: () => undefined,
        refuse: () => answer(response, 410, NOT_CONNECTED, headers),
      });
      return true;
    }
    // Behind another answer on the same connection it would never hear that the connection has ended. No browser does that.
    if (response.socket === null) {
      request.socket.destroy();
      return true;
    }
    const client = { address, token: query.token ?? "" };
    const connection = new EventStreamConnection(response, headers, client, this.#connections);
    this.#admission.admit(connection, query, request.headers.origin);
    return true;
  }

  /** Takes what a client posts; `false` when the request is from no client. */
  post(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== "POST") return false;
    const { id, token, key } = parseQuery(request.url);
    const connection = id === undefined ? undefined : this.#connections.find(id);
    if (!(connection instanceof EventStreamConnection) || connection.token !== token || key !== this.#key) return false;
    const { origins } = this.#admission;
    const headers = origins.headers(request.headers.origin);
    if (!origins.allows(request.headers.origin))
      return answer(response, 403, "Pages of your origin may not use this server.\n", headers);
    connection.posted();
    if (connection.posts >= MAX_POSTS) connection.postedTooMany();
    if (connection.closeCode !== undefined) return answer(response, 429, TOO_MUCH, headers);
    connection.posts += 1;
    request.on("close", () => {
      connection.posts -= 1;
    });
    gather(request, response, this.#maxPayload, {
      take: (body) => {
        if (this.#connections.find(connection.id ?? "") === connection) this.#take(connection, body, response, headers);
        else this.#free({ id, token, key }, body, response, headers);
      },
      takeMore: () => {
        if (connection.closeCode === undefined) connection.postedMore();
        if (connection.closeCode === CLOSE_POLICY) answer(response, 429, TOO_MUCH, headers);
      },
      refuse: () => {
        connection.postedTooMuch();
        answer(response, 413, `At most ${this.#maxPayload} bytes in one request.\n`, headers);
      },
    });
    return true;
  }

  /** Takes what came after its client's stream had ended: a good-bye at its end frees the id. */
  #free({ id, token, key }: ClientQuery, body: Buffer, response: ServerResponse, headers: Headers): void {
    const last = readClientFrame(body.subarray(body.lastIndexOf(NEWLINE) + 1));
    const isGoodBye = last?.type === "LEAVE" && last.dst === undefined && key === this.#key;
    if (isGoodBye && this.#connections.free(id ?? "", token ?? "")) answer(response, 204, "", headers);
    else answer(response, 410, NOT_CONNECTED, headers);
  }

  #take(connection: EventStreamConnection, body: Buffer, response: ServerResponse, headers: Headers): void {
    if (!isUtf8(body)) return void answer(response, 400, "Frames are UTF-8.\n", headers);
    if (connection.closeCode !== undefined) return void answer(response, 410, NOT_CONNECTED, headers);
    let start = 0;
    // It may leave, or be closed for sending too much.
    while (start < body.length && connection.closeCode === undefined) {
      const found = body.indexOf(NEWLINE, start);
      const end = found === -1 ? body.length : found;
      if (end > start) connection.post(body.subarray(start, end));
      start = end + 1;
    }
    if (connection.closeCode === CLOSE_POLICY) answer(response, 429, TOO_MUCH, headers);
    else answer(response, 204, "", headers);
  }
}

/** What becomes of a request's body. Each may answer the request; what comes then is let go. */
interface BodyReader {
  take(body: Buffer): void;
  /** As much as a message came of it. */
  takeMore(): void;
  /** It is longer than allowed. */
  refuse(): void;
}

/** Reads a request's body. */
function gather(request: IncomingMessage, response: ServerResponse, maxBytes: number, reader: BodyReader): void {
  // One buffer that grows: each chunk has 190 bytes of its own, and may bring one.
  let body = Buffer.allocUnsafeSlow(Math.min(1024, maxBytes));
  let length = 0;
  let pieces = 0;
  request.on("error", () => undefined);
  request.on("data", (chunk: Buffer) => {
    // Node hangs up as soon as the answer is out. Paused, the request would keep all pieces that were read with this one.
    if (response.headersSent) return;
    const start = length;
    length += chunk.length;
    pieces += 1;
    const cost =
      Math.floor(length / BYTES_OF_ONE) - Math.floor(start / BYTES_OF_ONE) + (pieces % PIECES_OF_ONE ? 0 : 1);
    for (let i = 0; i < cost && !response.headersSent; i++) reader.takeMore();
    if (length > maxBytes && !response.headersSent) reader.refuse();
    if (response.headersSent) return;
    if (body.length < length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(maxBytes, Math.max(length, 2 * body.length)));
      body.copy(grown, 0, 0, start);
      body = grown;
    }
    chunk.copy(body, start);
  });
  request.on("end", () => {
    if (!response.headersSent) reader.take(body.subarray(0, length));
  });
}
