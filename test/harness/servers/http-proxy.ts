import { createServer as createHttpServer, request as requestHttp } from "node:http";
import type { IncomingMessage, RequestOptions, ServerResponse } from "node:http";
import { createServer as createHttpsServer, request as requestHttps } from "node:https";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { listen } from "./loopback.ts";
import type { FixtureServer } from "./loopback.ts";
import { makeCertificate } from "./self-signed-server.ts";

/** What a proxy stands in front of, and what it does with WebSockets. */
export interface ProxyOptions {
  /** A port on 127.0.0.1. */
  target: number;
  /** Whether both it and its target speak HTTPS; then no WebSocket is passed on. */
  secure?: boolean;
  /** What a WebSocket gets: its way, an answer as from a proxy that knows none, or an end as on iPhones. */
  upgrades: "passed on" | "answered with 400" | "cut";
}

export interface HttpProxy extends FixtureServer {
  /** WebSockets that it has refused. */
  readonly refused: number;
  /** How often the server has answered a request for this path with 200. */
  served(path: string): number;
}

/** Something on the way to a server, as in some companies, hotels and phones. */
export async function startHttpProxy({ target, secure = false, upgrades }: ProxyOptions): Promise<HttpProxy> {
  const server = secure ? createHttpsServer(makeCertificate()) : createHttpServer();
  const served: string[] = [];
  let refused = 0;
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { url = "", method, headers } = request;
    const options: RequestOptions = { host: "127.0.0.1", port: target, path: url, method, headers };
    const forwarded = secure ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options);
    // Each piece goes on as it comes, so that a stream of events is one.
    forwarded.on("response", (answer) => {
      if (answer.statusCode === 200) served.push(url.split("?", 1)[0] ?? "");
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    forwarded.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on("close", () => forwarded.destroy());
    request.pipe(forwarded);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (upgrades === "passed on") return passOn(request, socket, head, target);
    refused += 1;
    if (upgrades === "cut") socket.destroy();
    else socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  });
  const listening = await listen(server, secure ? "wss" : "ws");
  return {
    ...listening,
    get refused() {
      return refused;
    },
    served: (path) => served.filter((each) => each === path).length,
  };
}

function passOn({ method, url, rawHeaders }: IncomingMessage, client: Duplex, head: Buffer, target: number): void {
  const upstream = connect(target, "127.0.0.1");
  const fields = rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join("");
  upstream.write(`${method} ${url} HTTP/1.1\r\n${fields}\r\n`);
  upstream.write(head);
  upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
  client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
  upstream.pipe(client);
  client.pipe(upstream);
}
