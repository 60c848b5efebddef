import type { IncomingMessage } from "node:http";
import { connect as connectSocket } from "node:net";
import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { createSignalingServer, type LogEntry } from "../src/index.ts";
import type { ConnectingClient } from "../src/options.ts";
import { EventStreamClient } from "./event-stream-client.ts";
import { RawClient } from "./raw-client.ts";
import { connect, connected, start, streamed } from "./servers.ts";

/** The status with which an upgrade is refused. */
async function refusedStatus(
  client: RawClient,
): Promise<{ status: number | undefined; retryAfter: string | undefined }> {
  const [, response] = (await once(client.socket, "unexpected-response")) as [unknown, IncomingMessage];
  response.resume();
  return { status: response.statusCode, retryAfter: response.headers["retry-after"] };
}

describe("origins", () => {
  const allowedOrigins = ["https://game.example", "https://*.example.com", "http://localhost:8090"];

  test.each([
    ["https://game.example", true],
    ["https://GAME.example", true],
    ["http://localhost:8090", true],
    ["https://a.example.com", true],
    ["https://a.b.example.com", true],
    [undefined, true],
    ["http://game.example", false],
    ["https://game.example:444", false],
    ["https://game.example.evil.example", false],
    ["https://example.com", false],
    ["https://evilexample.com", false],
    ["https://.example.com", false],
    ["https://evil.example/.example.com", false],
    ["https://evil.example#.example.com", false],
    ["null", false],
  ])("[S49] a page of %s: %s", async (origin, isAllowed) => {
    const server = await start({ allowedOrigins });
    const client = connect(server.url, "A", "t", origin === undefined ? {} : { origin });
    if (isAllowed) return expect(await client.next()).toEqual({ type: "OPEN" });
    expect(await client.next()).toMatchObject({ type: "ERROR" });
    expect(await client.closed).toBe(1008);
    expect(server.statistics().refusedTotal.origin).toBe(1);
  });
});

describe("addresses", () => {
  test("[S47] the limit for an address holds for WebSockets and HTTP together", async () => {
    const server = await start({ maxClientsPerAddress: 2 });
    await connected(server.url, "A");
    await streamed(server.url, "B");
    const third = connect(server.url, "C");
    expect(await third.next()).toMatchObject({ type: "ERROR" });
    expect(await third.closed).toBe(1013);
    expect(server.statistics().refusedTotal["address-full"]).toBe(1);
  });

  test("[S47] behind a proxy, clients count by the address that it tells", async () => {
    const server = await start({ maxClientsPerAddress: 1, trustProxy: true });
    const from = (forwarded: string): object => ({ headers: { "x-forwarded-for": forwarded } });
    await connected(server.url, "A", "t", from("203.0.113.1"));
    await connected(server.url, "B", "t", from("203.0.113.2"));
    // What stands further left is what the client says itself.
    expect(await connect(server.url, "C", "t", from("198.51.100.9, 203.0.113.1")).closed).toBe(1013);
    await connected(server.url, "D", "t", from("2001:db8:0:1::1"));
    expect(await connect(server.url, "E", "t", from("2001:db8:0:1:ffff::2")).closed).toBe(1013);
    await connected(server.url, "F", "t", from("2001:db8:0:2::1"));
  });

  test("[S47] without trustProxy nobody can choose an address", async () => {
    const server = await start({ maxClientsPerAddress: 1 });
    await connected(server.url, "A", "t", { headers: { "x-forwarded-for": "203.0.113.1" } });
    expect(await connect(server.url, "B", "t", { headers: { "x-forwarded-for": "203.0.113.2" } }).closed).toBe(1013);
  });

  test("[S48] a storm of connections is refused before it costs anything", async () => {
    const entries: LogEntry[] = [];
    const server = await start({ connectionBurst: 3, connectionsPerSecond: 0.5, log: (entry) => entries.push(entry) });
    await connected(server.url, "A");
    await connected(server.url, "A");
    await streamed(server.url, "A");
    // Together: a refusal takes a second, in which the first comer would earn a place again.
    const [refused, overHttp, id] = await Promise.all([
      refusedStatus(connect(server.url, "A")),
      fetch(`${server.url.replace("ws", "http")}?key=peerjs&id=A&token=t`, {
        headers: { accept: "text/event-stream" },
      }),
      fetch(`${server.url.replace("ws", "http")}/peerjs/id`),
    ]);
    expect([refused.status, overHttp.status, id.status]).toEqual([429, 429, 429]);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(server.statistics().refusedTotal["connection-rate"]).toBe(3);
    expect(entries.filter(({ event }) => event === "refused")).toHaveLength(3);
  });

  test("[S48] who does not wait for its refusal, but comes again and again, is hung up on unread", async () => {
    const server = await start({ connectionBurst: 1, connectionsPerSecond: 0.01 });
    await connected(server.url, "A");
    const storm = Array.from({ length: 40 }, () => connect(server.url, "A"));
    const codes = await Promise.all(
      storm.map(
        ({ socket }) =>
          new Promise<string>((resolve) => {
            socket.once("unexpected-response", (_request, response: IncomingMessage) => {
              response.resume();
              resolve(String(response.statusCode));
            });
            socket.once("error", (error) => resolve(error.message));
          }),
      ),
    );
    expect(codes.filter((code) => code === "429")).toHaveLength(16);
    expect(codes.filter((code) => /hang up|ECONNRESET/.test(code))).toHaveLength(24);
  });

  test("[S48] whoever floods and comes back is soon kept out, with its address", async () => {
    const server = await start({ burst: 5, messagesPerSecond: 1, connectionsPerSecond: 0.1 });
    const honest = await connected(server.url, "H");
    for (let i = 0; i < 4; i++) {
      const hostile = await connected(server.url, `A${i}`);
      for (let j = 0; j < 10; j++) hostile.send("{");
      expect(await hostile.next()).toMatchObject({ type: "ERROR" });
      hostile.socket.terminate();
    }
    expect(await refusedStatus(connect(server.url, "A9"))).toMatchObject({ status: 429 });
    honest.send({ type: "HEARTBEAT" });
    expect(await honest.next()).toEqual({ type: "HEARTBEAT" });
  });

  test("[S48] who is connected posts without using that up", async () => {
    const server = await start({ connectionBurst: 1, connectionsPerSecond: 0.01 });
    const client = await streamed(server.url, "A");
    for (let i = 0; i < 5; i++) expect(await client.post({ type: "HEARTBEAT" })).toBe(204);
  });
});

describe("the operator's own check", () => {
  test("[S50] authorize hears who comes, and decides", async () => {
    const asked: ConnectingClient[] = [];
    const server = await start({
      authorize: (client) => {
        asked.push(client);
        return client.parameters.get("ticket") === "42";
      },
    });
    const ours = new RawClient(`${server.url}?ticket=42&key=peerjs&id=A&token=good`, {
      origin: "https://game.example",
    } as object);
    expect(await ours.next()).toEqual({ type: "OPEN" });
    const other = connect(server.url, "B", "bad");
    expect(await other.next()).toEqual({ type: "ERROR", payload: { msg: "Not allowed on this server" } });
    expect(await other.closed).toBe(1008);
    expect(asked[0]).toMatchObject({
      id: "A",
      key: "peerjs",
      token: "good",
      origin: "https://game.example",
      address: "127.0.0.1",
    });
    expect(server.statistics()).toMatchObject({ clients: 1, refusedTotal: { unauthorized: 1 } });
  });

  test("[S50] it may take its time; what a client sends meanwhile is not lost", async () => {
    let allow: (answer: boolean) => void = () => undefined;
    const server = await start({ authorize: () => new Promise<boolean>((resolve) => (allow = resolve)) });
    const client = connect(server.url, "A");
    await once(client.socket, "open");
    client.send({ type: "HEARTBEAT" });
    expect(server.clients).toBe(0);
    allow(true);
    expect(await client.next()).toEqual({ type: "OPEN" });
    expect(await client.next()).toEqual({ type: "HEARTBEAT" });
  });

  test("[S50] a throw, a rejection, and anything that is not true are no", async () => {
    const entries: LogEntry[] = [];
    const answers: (() => unknown)[] = [
      () => {
        throw new Error("database is down");
      },
      () => Promise.reject(new Error("no answer")),
      () => undefined,
      () => "yes",
    ];
    const authorize = (): boolean => answers.shift()?.() as boolean;
    const server = await start({ authorize, log: (entry) => entries.push(entry) });
    for (let i = 0; i < 4; i++) expect(await connect(server.url, "A", "secret-token").closed).toBe(1008);
    expect(entries.filter(({ event }) => event === "authorize-failed")).toMatchObject([
      { error: "Error: database is down" },
      { error: "Error: no answer" },
    ]);
    expect(JSON.stringify(entries)).not.toContain("secret-token");
  });

  test("[S50] one that does not answer within handshakeMs is no", async () => {
    const server = await start({ handshakeMs: 30, authorize: () => new Promise<boolean>(() => undefined) });
    const client = connect(server.url, "A");
    expect(await client.next()).toMatchObject({ type: "ERROR" });
    expect(await client.closed).toBe(1013);
    const overHttp = new EventStreamClient(`${server.url}?key=peerjs&id=A&token=t`);
    expect(await overHttp.next()).toMatchObject({ type: "ERROR" });
    expect(server.statistics()).toMatchObject({ clients: 0, refusedTotal: { "handshake-timeout": 2 } });
  });

  test("[S50] it is not asked for who would be refused anyway", async () => {
    const authorize = vi.fn<() => boolean>(() => true);
    const server = await start({ authorize, key: "k" });
    expect(await connect(server.url, "A").closed).toBe(1008);
    expect(authorize).not.toHaveBeenCalled();
  });

  test("[S50] a client that goes while it is checked is nobody", async () => {
    let allow: (answer: boolean) => void = () => undefined;
    const server = await start({ authorize: () => new Promise<boolean>((resolve) => (allow = resolve)) });
    const client = new EventStreamClient(`${server.url}?key=peerjs&id=A&token=t`);
    await vi.waitFor(() => expect(allow).toHaveLength(1));
    client.abort();
    await client.ended;
    await new Promise((resolve) => setImmediate(resolve));
    allow(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.clients).toBe(0);
  });
});

describe("slow and broken handshakes", () => {
  async function answerTo(port: number, text: string): Promise<string> {
    const socket = connectSocket(port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("latin1").on("data", (part: string) => (answer += part));
    socket.on("error", () => undefined);
    socket.write(text);
    await once(socket, "close");
    return answer;
  }

  test("[S55] who does not say within handshakeMs what it wants is answered with 408", async () => {
    const server = await start({ handshakeMs: 60 });
    expect(await answerTo(server.port, "GET /peerjs HTTP/1.1\r\nHost: x\r\nX-Slow: ")).toContain("408");
    expect(await answerTo(server.port, "")).toContain("408");
    expect(server.statistics().refusedTotal["handshake-timeout"]).toBe(2);
  });

  test.each([
    ["no key", 400, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"],
    [
      "a key that is none",
      400,
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n",
    ],
    ["another protocol", 400, "Upgrade: h2c\r\nConnection: Upgrade\r\n"],
    [
      "another version",
      426,
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 7\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    ],
  ])("[S57] a handshake with %s is refused with %i", async (_what, status, headers) => {
    const { port } = await start();
    expect(await answerTo(port, `GET /peerjs HTTP/1.1\r\nHost: x\r\n${headers}\r\n`)).toContain(`HTTP/1.1 ${status}`);
  });

  test("[S57] a subprotocol that is asked for is taken", async () => {
    const { url } = await start();
    const client = await connected(url, "A", "t", {});
    expect(client.socket.protocol).toBe("");
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(`${url}?key=peerjs&id=B&token=t`, ["one", "two"]);
    await once(socket, "open");
    expect(socket.protocol).toBe("one");
    socket.terminate();
  });
});

describe("options that cannot be meant", () => {
  test.each([
    [{ maxClients: 0 }, "maxClients"],
    [{ handshakeMs: Number.NaN }, "handshakeMs"],
    [{ maxIdLength: 65 }, "maxIdLength"],
    [{ trustProxy: -1 }, "trustProxy"],
    [{ allowedOrigins: ["game.example"] }, "https://game.example"],
    [{ allowedOrigins: ["https://game.example/"] }, "allowedOrigins"],
    [{ turn: { urls: ["stun:turn.example"], secret: "s" } }, "turn.urls"],
    [{ turn: { urls: ["turn:turn.example"], secret: "" } }, "turn.secret"],
  ])("%o is a TypeError that says so", async (options, words) => {
    await expect(createSignalingServer({ port: 0, ...options })).rejects.toThrow(words);
  });
});
