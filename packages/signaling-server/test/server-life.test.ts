import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createSignalingServer, type LogEntry } from "../src/index.ts";
import { EventStreamClient } from "./event-stream-client.ts";
import { RawClient } from "./raw-client.ts";
import { connect, connected, start, streamed } from "./servers.ts";

describe("what it tells", () => {
  test("[S53] the ids of its clients, if it may", async () => {
    const server = await start({ peers: true });
    await connected(server.url, "A");
    await streamed(server.url, "B");
    expect(server.peers()).toEqual(["A", "B"]);
    const response = await fetch(`http://127.0.0.1:${server.port}/peerjs/peers`);
    expect([response.status, await response.json()]).toEqual([200, ["A", "B"]]);
    const quiet = await start();
    expect((await fetch(`http://127.0.0.1:${quiet.port}/peerjs/peers`)).status).toBe(401);
  });

  test("[S54] credentials for TURN, when there is a TURN server", async () => {
    const turn = { urls: ["turn:turn.example:3478"], secret: "s3cret", ttlSeconds: 600 };
    const server = await start({ turn, allowedOrigins: ["https://game.example"] });
    const get = (origin: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${server.port}/peerjs/peerjs/ice`, { headers: { origin } });
    const body = await (await get("https://game.example")).text();
    expect(JSON.parse(body)).toMatchObject({ ttl: 600, iceServers: [{ urls: ["turn:turn.example:3478"] }] });
    expect(body).not.toContain("s3cret");
    expect((await get("https://other.example")).status).toBe(403);
    const without = await fetch(`http://127.0.0.1:${(await start()).port}/peerjs/ice`);
    expect([without.status, await without.text()]).toEqual([404, expect.stringContaining("turn")]);
  });

  test("[S51] the ids that it draws are ones that it takes", async () => {
    const draw = async (options: object): Promise<Response> =>
      fetch(`http://127.0.0.1:${(await start(options)).port}/peerjs/id`);
    expect(await (await draw({ maxIdLength: 8 })).text()).toMatch(/^[\da-f]{8}$/);
    expect((await draw({ idPattern: /[A-Z]+/ })).status).toBe(404);
  });

  test("what happens, for a log: never a token or a key", async () => {
    const entries: LogEntry[] = [];
    const server = await start({ key: "the-key", log: (entry) => entries.push(entry) });
    const client = new RawClient(`${server.url}?key=the-key&id=A&token=the-token`);
    await client.next();
    expect(await new RawClient(`${server.url}?key=the-key&id=A&token=another`).closed).toBe(1008);
    client.socket.close();
    await vi.waitFor(() => expect(server.clients).toBe(0));
    expect(entries).toEqual([
      { event: "client-connected", id: "A", address: "127.0.0.1", transport: "websocket", replaced: false },
      { event: "refused", reason: "id-taken", id: "A", address: "127.0.0.1", skipped: 0 },
      {
        event: "client-left",
        id: "A",
        address: "127.0.0.1",
        transport: "websocket",
        code: 1005,
        connectedMs: expect.any(Number) as number,
      },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/the-key|the-token|another/);
  });

  test("a storm of refusals is a few lines in the log", async () => {
    const entries: LogEntry[] = [];
    const server = await start({ log: (entry) => entries.push(entry) });
    await Promise.all(Array.from({ length: 100 }, () => new RawClient(`${server.url}?key=x&id=A&token=t`).closed));
    expect(server.statistics().refusedTotal["bad-key"]).toBe(100);
    // Ten for each second that it took.
    expect(entries.length).toBeLessThan(60);
  });

  test("a log that throws ends nothing", async () => {
    const server = await start({
      log: () => {
        throw new Error("disk is full");
      },
    });
    await connected(server.url, "A");
  });

  test("statistics of traffic", async () => {
    const server = await start();
    const a = await connected(server.url, "A");
    a.send({ type: "OFFER", dst: "A", payload: "ü" });
    await a.next();
    expect(server.statistics()).toMatchObject({
      acceptedTotal: 1,
      deliveredTotal: 1,
      messagesTotal: { OFFER: 1 },
      // The text's bytes, and the frames' headers of what was sent.
      bytesReceivedTotal: Buffer.byteLength('{"type":"OFFER","dst":"A","payload":"ü"}'),
      bytesSentTotal:
        Buffer.byteLength('{"type":"OPEN"}') +
        Buffer.byteLength('{"type":"OFFER","src":"A","dst":"A","payload":"ü"}') +
        4,
    });
  });
});

describe("drain()", () => {
  test("[S46] tells all, takes nobody, and is over when all have gone", async () => {
    const server = await start();
    const a = await connected(server.url, "A");
    const b = await streamed(server.url, "B");
    const draining = server.drain(60_000);
    expect(await a.next()).toEqual({ type: "GOAWAY", payload: { ms: 60_000 } });
    expect(await b.next()).toEqual({ type: "GOAWAY", payload: { ms: 60_000 } });
    expect(server.statistics().draining).toBe(true);
    const late = connect(server.url, "C");
    const [, response] = (await once(late.socket, "unexpected-response")) as [unknown, IncomingMessage];
    expect([response.statusCode, Number(response.headers["retry-after"])]).toEqual([503, expect.any(Number)]);
    response.resume();
    const overHttp = await fetch(b.url.replace("id=B", "id=C"), { headers: { accept: "text/event-stream" } });
    expect(overHttp.status).toBe(503);
    // Those who are here still work.
    a.send({ type: "OFFER", dst: "B", payload: 1 });
    expect(await b.next()).toMatchObject({ type: "OFFER", src: "A" });
    a.socket.close();
    expect(await b.post({ type: "LEAVE" })).toBe(204);
    await draining;
    expect(server.clients).toBe(0);
  });

  test("[S46] closes who stays, with code 1012", async () => {
    const entries: LogEntry[] = [];
    const server = await start({ log: (entry) => entries.push(entry) });
    const a = await connected(server.url, "A");
    const b = await streamed(server.url, "B");
    await Promise.all([server.drain(30), server.drain(60_000)]);
    expect(await a.closed).toBe(1012);
    await b.next();
    expect(await b.nextEvent()).toEqual({ event: "close", data: { code: 1012, reason: "server restarts" } });
    expect(server.clients).toBe(0);
    expect(entries.filter(({ event }) => event.startsWith("drain"))).toEqual([
      { event: "draining", ms: 30, clients: 2 },
      { event: "drained", clients: 2 },
    ]);
  });
});

describe("who sends too much", () => {
  test("[S56] is not read any more, and others do not notice", async () => {
    const server = await start({ burst: 20, messagesPerSecond: 1 });
    const hostile = await connected(server.url, "H");
    const frame = JSON.stringify({ type: "OFFER", dst: "H", payload: "x".repeat(1000) });
    for (let i = 0; i < 5000; i++) hostile.send(frame);
    expect(await hostile.closed).toBe(1008);
    const { bytesReceivedTotal } = server.statistics();
    expect(bytesReceivedTotal).toBeLessThan(25 * frame.length);
  });

  test("[S56] much at once is read a little at a time: others are served between", async () => {
    const server = await start({ burst: 100_000 });
    const busy = await connected(server.url, "A");
    const other = await connected(server.url, "B");
    const seen: number[] = [];
    busy.socket.on("message", () => seen.push(server.statistics().messagesTotal.OFFER));
    for (let i = 0; i < 2000; i++) busy.send({ type: "OFFER", dst: "A", payload: i });
    other.send({ type: "OFFER", dst: "B", payload: "mine" });
    expect(await other.next()).toMatchObject({ payload: "mine" });
    expect(server.statistics().messagesTotal.OFFER).toBeLessThan(2001);
    // All of it arrives, in its order.
    for (let i = 0; i < 2000; i++) expect(await busy.next()).toMatchObject({ payload: i });
  });

  test("[S56] pings without end are a flood", async () => {
    const server = await start({ burst: 20, messagesPerSecond: 1 });
    const client = await connected(server.url, "A");
    for (let i = 0; i < 100; i++) client.socket.ping();
    expect(await client.next()).toMatchObject({ type: "ERROR" });
    expect(await client.closed).toBe(1008);
  });

  test("[S57] a broken frame ends its sender; its id is kept for it", async () => {
    const server = await start();
    const client = await connected(server.url, "A");
    const { _socket: raw } = client.socket as unknown as { _socket: Socket };
    raw.write(Buffer.from([0x81, 0x01, 0x41]));
    expect(await client.closed).toBe(1002);
    expect(await connect(server.url, "A", "other").next()).toMatchObject({ type: "ID-TAKEN" });
    await connected(server.url, "A");
  });
});

describe("on servers that are there already", () => {
  async function listening(server: ReturnType<typeof createServer>): Promise<number> {
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  test("several signaling servers share one HTTP server, each with its own clients", async () => {
    const http = createServer();
    const port = await listening(http);
    const one = await start({ server: http, path: "/one", key: "k1" });
    const two = await start({ server: http, path: "/two", key: "k2", peers: true });
    http.on("request", (request, response) => {
      if (one.handleRequest(request, response) || two.handleRequest(request, response)) return;
      response.end("the site");
    });
    await connectedAt(`${one.url}?key=k1`);
    await connectedAt(`${two.url}?key=k2`);
    expect([one.clients, two.clients]).toEqual([1, 1]);
    expect(await (await fetch(`http://127.0.0.1:${port}/two/k2/peers`)).json()).toEqual(["A"]);
    expect(await (await fetch(`http://127.0.0.1:${port}/page`)).text()).toBe("the site");
    const overHttp = new EventStreamClient(`${two.url}?key=k2&id=B&token=t`);
    expect(await overHttp.next()).toEqual({ type: "OPEN" });
    // Nobody can want this one.
    const nobody = new RawClient(`ws://127.0.0.1:${port}/three?key=k1&id=A&token=t`);
    const [, response] = (await once(nobody.socket, "unexpected-response")) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(404);
    response.resume();
    await one.close();
    expect([one.clients, two.clients]).toEqual([0, 2]);
    await connectedAt(`${two.url}?key=k2`);
    await two.close();
    expect(http.listenerCount("upgrade")).toBe(0);
  });

  async function connectedAt(url: string): Promise<void> {
    expect(await new RawClient(`${url}&id=A&token=t`).next()).toEqual({ type: "OPEN" });
  }

  test("on HTTPS it is wss", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clay-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [key, cert] = [join(folder, "key"), join(folder, "cert")];
    const subject = ["-subj", "/CN=localhost", "-days", "2"];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        key,
        "-out",
        cert,
        ...subject,
      ],
      { stdio: "ignore" },
    );
    const https = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) });
    await listening(https);
    const server = await start({ server: https });
    expect(server.url).toMatch(/^wss:/);
    const options = { rejectUnauthorized: false };
    const a = await connected(server.url, "A", "t", options);
    const b = await connected(server.url, "B", "t", options);
    const payload = "x".repeat(50_000);
    a.send({ type: "OFFER", dst: "B", payload });
    expect(await b.next()).toEqual({ type: "OFFER", src: "A", dst: "B", payload });
    a.socket.close();
    await vi.waitFor(() => expect(server.clients).toBe(1));
  });

  test("close() twice, and close() after drain(), are one", async () => {
    const server = await createSignalingServer({ port: 0, host: "127.0.0.1" });
    await connected(server.url, "A");
    await server.drain(10);
    await Promise.all([server.close(), server.close()]);
  });
});

test("[S25] what a slow client has not read yet is not changed by what others get meanwhile", async () => {
  const many = 1_000_000;
  const server = await start({ burst: many, messagesPerSecond: many, maxBacklog: 64 * many });
  const [slow, quick, sender] = [
    await connected(server.url, "S"),
    await connected(server.url, "Q"),
    await connected(server.url, "X"),
  ];
  slow.socket.pause();
  const text = (n: number): string => `${n} ${"x".repeat(12_000)}`;
  const count = 2500;
  for (let n = 0; n < count; n++) {
    for (const dst of ["S", "Q"]) sender.send({ type: "X", dst, payload: dst + text(n) });
  }
  for (let n = 0; n < count; n++) expect(await quick.next()).toMatchObject({ payload: `Q${text(n)}` });
  slow.socket.resume();
  for (let n = 0; n < count; n++) expect(await slow.next()).toMatchObject({ payload: `S${text(n)}` });
});
