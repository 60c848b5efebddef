import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { describe, expect, test, vi } from "vitest";
import { EventStreamClient } from "./event-stream-client.ts";
import { postHead, rawSocket, streamRequest } from "./raw-socket.ts";
import { connected, start, streamed } from "./servers.ts";

/** The event that ends a stream. */
async function closeOf(client: EventStreamClient): Promise<unknown> {
  for (;;) {
    const event = await client.nextEvent();
    if (event.event === "close") return event;
  }
}

describe("signaling over plain HTTP", () => {
  test("[S40] a client gets OPEN, and frames as events", async () => {
    const server = await start();
    const client = await streamed(server.url, "A");
    const { headers, statusCode } = await client.opened;
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "access-control-allow-origin": "*",
    });
    expect(server.statistics()).toMatchObject({ clients: 1, clientsOverHttp: 1 });
  });

  test("[S40] it meets clients that came by WebSocket", async () => {
    const server = await start();
    const overHttp = await streamed(server.url, "A");
    const byWebSocket = await connected(server.url, "B");
    byWebSocket.send({ type: "OFFER", dst: "A", payload: 1 });
    expect(await overHttp.next()).toEqual({ type: "OFFER", src: "B", dst: "A", payload: 1 });
    expect(await overHttp.post({ type: "ANSWER", dst: "B", src: "FORGED", payload: 2 })).toBe(204);
    expect(await byWebSocket.next()).toEqual({ type: "ANSWER", src: "A", dst: "B", payload: 2 });
  });

  test("[S40] a frame with line ends in it stays one event", async () => {
    const server = await start();
    const overHttp = await streamed(server.url, "A");
    const byWebSocket = await connected(server.url, "B");
    byWebSocket.send('{"type":"OFFER","dst":"A","payload":{\r\n"a":\n"b\\n"}}');
    expect(await overHttp.next()).toEqual({ type: "OFFER", src: "B", dst: "A", payload: { a: "b\n" } });
  });

  test("[S40] a line end where none may be does not make a broken frame whole", async () => {
    const server = await start();
    const overHttp = rawSocket(server.port);
    let text = "";
    overHttp.on("data", (chunk: Buffer) => (text += chunk.toString()));
    overHttp.write(streamRequest("A"));
    const byWebSocket = await connected(server.url, "B");
    byWebSocket.send('{"type":"OFFER","dst":"A","payload":"a\r\nb"}');
    await vi.waitFor(() => expect(text).toContain("OFFER"));
    const data = /data: (.*OFFER.*)/.exec(text)?.[1] ?? "";
    expect(data).toMatch(/"a\t\tb"\}$/);
    expect(() => JSON.parse(data) as unknown).toThrow(SyntaxError);
  });

  test("[S40] who is refused is told so in the stream", async () => {
    const server = await start();
    await streamed(server.url, "A");
    const thief = new EventStreamClient(`${server.url}?key=peerjs&id=A&token=other`);
    expect(await thief.next()).toMatchObject({ type: "ID-TAKEN" });
    expect(await thief.nextEvent()).toEqual({ event: "close", data: { code: 1008, reason: "ID is taken" } });
    await thief.ended;
  });

  test("[S41] one request brings many frames, in their order", async () => {
    const server = await start();
    const client = await streamed(server.url, "A");
    const frames = [1, 2, 3].map((payload) => ({ type: "OFFER", dst: "A", payload }));
    expect(await client.post(...frames, "", "{", { type: "HEARTBEAT" })).toBe(204);
    for (const payload of [1, 2, 3]) expect(await client.next()).toMatchObject({ type: "OFFER", payload });
    expect(await client.next()).toEqual({ type: "HEARTBEAT" });
    expect(server.statistics().droppedTotal).toBe(1);
  });

  test("[S42] frames of nobody, with another token, or of a client by WebSocket: 410", async () => {
    const server = await start();
    await streamed(server.url, "A");
    await connected(server.url, "B");
    const post = async (query: string): Promise<number> => {
      const url = `${server.url.replace("ws", "http")}?${query}`;
      return (await fetch(url, { method: "POST", body: '{"type":"HEARTBEAT"}' })).status;
    };
    expect(await post("key=peerjs&id=C&token=t")).toBe(410);
    expect(await post("key=peerjs&id=A&token=other")).toBe(410);
    expect(await post("key=other&id=A&token=t")).toBe(410);
    expect(await post("key=peerjs&id=B&token=t")).toBe(410);
    expect(await post("key=peerjs&id=A&token=t")).toBe(204);
  });

  test("[S42] what is too large is answered with 413, and ends the client as by WebSocket", async () => {
    const server = await start();
    const client = await streamed(server.url, "A");
    expect(await client.post({ type: "OFFER", dst: "A", payload: "x".repeat(70_000) })).toBe(413);
    expect(await client.next()).toMatchObject({ type: "ERROR" });
    expect(await client.nextEvent()).toMatchObject({ event: "close", data: { code: 1009 } });
    expect(server.statistics()).toMatchObject({ clients: 0, refusedTotal: { "frame-size": 1 } });
  });

  test("[S42] a flood is answered with 429, and ends the client", async () => {
    const server = await start({ burst: 20, messagesPerSecond: 1 });
    const client = await streamed(server.url, "A");
    const frames = Array.from({ length: 30 }, () => ({ type: "HEARTBEAT" }));
    expect(await client.post(...frames)).toBe(429);
    expect(await client.post({ type: "HEARTBEAT" })).toBe(410);
    // The request was one, too.
    for (let i = 0; i < 19; i++) expect(await client.next()).toEqual({ type: "HEARTBEAT" });
    expect(await client.next()).toMatchObject({ type: "ERROR", payload: { msg: "Too many messages" } });
    expect(await client.nextEvent()).toMatchObject({ event: "close", data: { code: 1008 } });
  });

  test("[S42] requests without frames count, too", async () => {
    const server = await start({ burst: 5, messagesPerSecond: 1 });
    const client = await streamed(server.url, "A");
    const statuses = [];
    for (let i = 0; i < 7; i++) statuses.push(await client.post());
    expect(statuses).toEqual([204, 204, 204, 204, 204, 429, 410]);
  });

  test("[S42] a fifth request at the same time is a flood: 429, and the end of the client", async () => {
    const server = await start();
    const client = await streamed(server.url, "A");
    for (let i = 0; i < 4; i++) rawSocket(server.port).write(`${postHead("A", "Content-Length: 20")}{`);
    // Any further one may be the fifth, until all four have been seen.
    let status = 0;
    await vi.waitFor(async () => {
      status = await client.post({ type: "HEARTBEAT" });
      expect(status).not.toBe(204);
    });
    expect(status).toBe(429);
    expect(await closeOf(client)).toMatchObject({ data: { code: 1008 } });
    expect(server.statistics()).toMatchObject({ clients: 0, refusedTotal: { "message-rate": 1 } });
    expect(await client.post({ type: "HEARTBEAT" })).toBe(410);
  });

  test("[S33] posted bytes count, whatever they say", async () => {
    const server = await start({ burst: 50, messagesPerSecond: 1 });
    const client = await streamed(server.url, "A");
    expect(await client.post("\n".repeat(65_000))).toBe(204);
    expect(await client.post("\n".repeat(65_000))).toBe(429);
    expect(await closeOf(client)).toMatchObject({ data: { code: 1008 } });
  });

  test.each([
    ["a body that never ends", "Content-Length: 60000", "\n".repeat(59_000)],
    ["a body in tiny pieces", "Transfer-Encoding: chunked", "1\r\n\n\r\n".repeat(1000)],
  ])("[S33] %s counts while it comes", async (_what, header, body) => {
    const server = await start({ burst: 20, messagesPerSecond: 1 });
    const client = await streamed(server.url, "A");
    const post = rawSocket(server.port);
    post.write(postHead("A", header) + body);
    const [answer] = (await once(post, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 429 /);
    expect(await closeOf(client)).toMatchObject({ data: { code: 1008 } });
  });

  test("[S42] of who is not connected, 1 KiB is read: a good-bye has less", async () => {
    const server = await start();
    const post = rawSocket(server.port);
    post.write(`${postHead("A", "Content-Length: 60000")}${"\n".repeat(1025)}`);
    const [answer] = (await once(post, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 410 /);
    await once(post, "close");
  });

  test("[S42] bytes that are no UTF-8: 400", async () => {
    const { url } = await start();
    const client = await streamed(url, "A");
    const { status } = await fetch(client.url, { method: "POST", body: Buffer.from([0xc3, 0x28]) });
    expect(status).toBe(400);
  });

  test("[S43] the same id and token takes its place back, from HTTP to WebSocket", async () => {
    const server = await start();
    const before = await streamed(server.url, "A");
    const after = await connected(server.url, "A");
    expect(await before.nextEvent()).toEqual({ event: "close", data: { code: 4000, reason: "connected again" } });
    await before.ended;
    expect(await before.post({ type: "HEARTBEAT" })).toBe(410);
    after.send({ type: "HEARTBEAT" });
    expect(await after.next()).toEqual({ type: "HEARTBEAT" });
    expect(server.statistics()).toMatchObject({ clients: 1, clientsOverHttp: 0, replacedTotal: 1 });
  });

  test("[S43] LEAVE gives the id up", async () => {
    const { url } = await start();
    const client = await streamed(url, "A");
    expect(await client.post({ type: "LEAVE" })).toBe(204);
    expect(await client.nextEvent()).toMatchObject({ event: "close", data: { code: 1000 } });
    await connected(url, "A", "other");
  });

  test("[S44] comments keep proxies from hanging up; who posts nothing for two intervals is dropped", async () => {
    const server = await start({ pingIntervalMs: 150 });
    const silent = await streamed(server.url, "A");
    const alive = await streamed(server.url, "B");
    const beating = setInterval(() => void alive.post({ type: "HEARTBEAT" }), 50);
    await silent.ended;
    clearInterval(beating);
    expect(silent.comments).toBeGreaterThanOrEqual(2);
    expect(server.peers()).toEqual(["B"]);
    expect(server.statistics().refusedTotal.silent).toBe(1);
  });

  test("[S44] the end of the stream is the end of the client; its id is kept for it", async () => {
    const server = await start();
    const client = await streamed(server.url, "A");
    client.abort();
    await vi.waitFor(() => expect(server.clients).toBe(0));
    expect(await new EventStreamClient(`${server.url}?key=peerjs&id=A&token=other`).next()).toMatchObject({
      type: "ID-TAKEN",
    });
    await streamed(server.url, "A");
  });

  test("[S44] a good-bye that comes after the stream has ended frees the id, from its owner only", async () => {
    const server = await start();
    const client = await streamed(server.url, "A");
    client.abort();
    await vi.waitFor(() => expect(server.clients).toBe(0));
    const stranger = new EventStreamClient(`${server.url}?key=peerjs&id=A&token=other`);
    expect(await stranger.next()).toMatchObject({ type: "ID-TAKEN" });
    expect(await stranger.post({ type: "LEAVE" })).toBe(410);
    expect(await client.post({ type: "HEARTBEAT" })).toBe(410);
    expect(await client.post({ type: "LEAVE", dst: "B" })).toBe(410);
    expect(await client.post({ type: "HEARTBEAT" }, { type: "LEAVE" })).toBe(204);
    const heir = new EventStreamClient(`${server.url}?key=peerjs&id=A&token=other`);
    expect(await heir.next()).toEqual({ type: "OPEN" });
    // It is somebody else's now.
    expect(await client.post({ type: "LEAVE" })).toBe(410);
    expect(server.peers()).toEqual(["A"]);
  });

  test("[S44] a good-bye that is on the way while the stream ends frees the id, too", async () => {
    const server = await start();
    const client = await streamed(server.url, "A");
    const post = request(client.url, { method: "POST" });
    const answered = once(post, "response") as Promise<[IncomingMessage]>;
    post.write('{"type":');
    // The server has begun to read it when it answers what came after it.
    expect(await client.post({ type: "HEARTBEAT" })).toBe(204);
    client.abort();
    await vi.waitFor(() => expect(server.clients).toBe(0));
    post.end('"LEAVE"}');
    const [answer] = await answered;
    answer.resume();
    expect(answer.statusCode).toBe(204);
    expect(await new EventStreamClient(`${server.url}?key=peerjs&id=A&token=other`).next()).toEqual({ type: "OPEN" });
  });

  test("[S45] pages of allowed origins read the answers, others do not", async () => {
    const server = await start({ allowedOrigins: ["https://game.example"] });
    const url = `${server.url.replace("ws", "http")}?key=peerjs&id=A&token=t`;
    const get = (origin: string): Promise<Response> =>
      fetch(url, { headers: { accept: "text/event-stream", origin }, signal: AbortSignal.timeout(5000) });
    const allowed = await get("https://game.example");
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://game.example");
    expect(allowed.headers.get("vary")).toBe("origin");
    const foreign = await get("https://other.example");
    expect([foreign.status, foreign.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    const post = (origin: string): Promise<Response> => fetch(url, { method: "POST", body: "{}", headers: { origin } });
    expect((await post("https://game.example")).status).toBe(204);
    expect((await post("https://other.example")).status).toBe(403);
    await allowed.body?.cancel();
  });

  test("[S38] others do not cost a client that does not read its stream its connection", async () => {
    const server = await start({ maxBacklog: 200_000, burst: 1e6 });
    const deaf = await streamed(server.url, "A");
    (await deaf.opened).pause();
    const sender = await connected(server.url, "B");
    const payload = "x".repeat(60_000);
    const sending = setInterval(() => sender.send({ type: "OFFER", dst: "A", payload }), 1);
    expect(await sender.next()).toEqual({ type: "EXPIRE", src: "A", dst: "B" });
    clearInterval(sending);
    expect(server.statistics()).toMatchObject({ clients: 2, refusedTotal: { backlog: 0 } });
    deaf.abort();
  });

  test("a request that is broken off in its middle changes nothing", async () => {
    const server = await start();
    const client = await streamed(server.url, "A");
    for (let i = 0; i < 10; i++) {
      const post = request(client.url, { method: "POST", headers: { "content-length": 100 } });
      const broken = new Promise((resolve) => post.on("error", resolve));
      post.write('{"type":');
      setTimeout(() => post.destroy(), 5);
      await broken;
    }
    expect(await client.post({ type: "HEARTBEAT" })).toBe(204);
    expect(await client.next()).toEqual({ type: "HEARTBEAT" });
  });

  test("close() ends the streams", async () => {
    const server = await start();
    const client = await streamed(server.url, "A");
    await server.close();
    expect(await client.nextEvent()).toMatchObject({ event: "close", data: { code: 1001 } });
    await client.ended;
  });
});
