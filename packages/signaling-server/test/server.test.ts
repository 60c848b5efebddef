import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { createSignalingServer, type SignalingServer, type SignalingServerOptions } from "../src/index.ts";
import { RawClient } from "./raw-client.ts";
import { recorded } from "./recorded.ts";

const running: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
});

async function start(options: SignalingServerOptions = {}): Promise<SignalingServer> {
  const server = await createSignalingServer({ port: 0, host: "127.0.0.1", ...options });
  running.push(server);
  return server;
}

function connect(url: string, id: string, token = "t", query = ""): RawClient {
  return new RawClient(`${url}?key=peerjs&id=${id}&token=${token}${query}`);
}

async function connected(url: string, id: string, token = "t"): Promise<RawClient> {
  const client = connect(url, id, token);
  expect(await client.next()).toEqual({ type: "OPEN" });
  return client;
}

describe("existing apps", () => {
  test.each([
    "cloud",
    "native-host + browser joiner (mDNS off) + native joiner",
    "browser host + native joiner B + browser joiner C",
  ])("[S25] a recorded session with PeerServer goes the same way here: %s", async (scenario) => {
    const { url } = await start();
    const clients = new Map<number, RawClient>();
    const frames = recorded.filter(
      (frame) => frame.scenario === scenario && (frame.dir === "upgrade" || frame.op === "text"),
    );
    expect(frames.length).toBeGreaterThan(20);
    for (const { dir, conn, data, url: upgraded } of frames) {
      if (dir === "upgrade") clients.set(conn, new RawClient(url + upgraded.slice("/peerjs".length)));
      else if (dir === "client->server") clients.get(conn)?.send(data);
      else expect(await clients.get(conn)?.next()).toEqual(JSON.parse(data));
    }
  });

  test("[S25] REJECT, which PeerServer drops, arrives", async () => {
    const { url } = await start();
    const host = await connected(url, "CFNNTF");
    const joiner = await connected(url, "e849bc8ad1f64604");
    const reject = recorded.find(({ data }) => data?.includes('"REJECT"'))?.data ?? "";
    host.send(reject);
    expect(await joiner.next()).toEqual({ ...(JSON.parse(reject) as object), src: "CFNNTF" });
  });

  test("[S35] a URL with and without the second /peerjs reaches the server", async () => {
    const { url } = await start();
    await connected(url, "A");
    await connected(`${url}/`, "B");
    await connected(`${url}/peerjs`, "C");
  });

  test("[S35] a server at another path, with another key", async () => {
    const server = await start({ path: "/game/", key: "secret" });
    const client = new RawClient(`${server.url}/peerjs?key=secret&id=A&token=t`);
    expect(await client.next()).toEqual({ type: "OPEN" });
    expect(await connect(server.url, "B").next()).toMatchObject({ type: "INVALID-KEY" });
  });
});

describe("places", () => {
  test("[S21] a taken id is refused and the socket closed", async () => {
    const { url } = await start();
    await connected(url, "A", "mine");
    const thief = connect(url, "A", "other");
    expect(await thief.next()).toEqual({ type: "ID-TAKEN", payload: { msg: "ID is taken" } });
    expect(await thief.closed).toBe(1008);
  });

  test("[S22] a client whose network changed is back at once, and reachable", async () => {
    const server = await start();
    const before = await connected(server.url, "A");
    const peer = await connected(server.url, "B");
    const after = await connected(server.url, "A");
    expect(await before.closed).toBe(4000);
    peer.send({ type: "OFFER", dst: "A", payload: 1 });
    expect(await after.next()).toEqual({ type: "OFFER", src: "B", dst: "A", payload: 1 });
    expect(server.clients).toBe(2);
  });

  test("[S23] a client that closes frees its id", async () => {
    const server = await start();
    const first = await connected(server.url, "A", "one");
    first.socket.close();
    await first.closed;
    await vi.waitFor(() => expect(server.clients).toBe(0));
    await connected(server.url, "A", "two");
  });

  test("[S36] a client that does not answer pings is dropped", async () => {
    const server = await start({ pingIntervalMs: 100 });
    const dead = new RawClient(`${server.url}?key=peerjs&id=A&token=t`, { autoPong: false });
    const alive = await connected(server.url, "B");
    expect(await dead.closed).toBe(1006);
    alive.send({ type: "HEARTBEAT" });
    expect(await alive.next()).toEqual({ type: "HEARTBEAT" });
    expect(server.clients).toBe(1);
  });
});

describe("messages", () => {
  test("[S30] a code that nobody hosts is answered with EXPIRE", async () => {
    const { url } = await start({ unknownPeerMs: 20 });
    const joiner = await connected(url, "B");
    joiner.send({ type: "OFFER", dst: "ZZZZZZ", payload: {} });
    expect(await joiner.next()).toEqual({ type: "EXPIRE", src: "ZZZZZZ", dst: "B" });
  });

  test("[S31] an offer waits for a host that reconnects", async () => {
    const server = await start();
    const host = await connected(server.url, "A");
    const joiner = await connected(server.url, "B");
    host.socket.terminate();
    await vi.waitFor(() => expect(server.clients).toBe(1));
    joiner.send({ type: "OFFER", dst: "A", payload: 1 });
    joiner.send({ type: "HEARTBEAT" });
    expect(await joiner.next()).toEqual({ type: "HEARTBEAT" });
    const back = await connected(server.url, "A");
    expect(await back.next()).toEqual({ type: "OFFER", src: "B", dst: "A", payload: 1 });
  });

  test("[S37] a frame over 64 KiB ends only its sender", async () => {
    const { url } = await start();
    const peer = await connected(url, "A");
    const sender = await connected(url, "B");
    sender.send({ type: "OFFER", dst: "A", payload: "x".repeat(65_000) });
    expect(await peer.next()).toMatchObject({ type: "OFFER", src: "B" });
    sender.send({ type: "OFFER", dst: "A", payload: "x".repeat(70_000) });
    expect(await sender.closed).toBe(1009);
    peer.send({ type: "HEARTBEAT" });
    expect(await peer.next()).toEqual({ type: "HEARTBEAT" });
  });

  test("[S33] a flood ends only its sender", async () => {
    const { url } = await start({ burst: 20, messagesPerSecond: 10 });
    const peer = await connected(url, "A");
    const sender = await connected(url, "B");
    for (let i = 0; i < 100; i++) sender.send("{");
    expect(await sender.next()).toEqual({ type: "ERROR", payload: { msg: "Too many messages" } });
    expect(await sender.closed).toBe(1008);
    peer.send({ type: "HEARTBEAT" });
    expect(await peer.next()).toEqual({ type: "HEARTBEAT" });
  });

  test("[S38] others do not cost a client that does not read its connection, and fill no memory", async () => {
    const server = await start({ maxBacklog: 200_000, burst: 1e6 });
    const deaf = await connected(server.url, "A");
    const sender = await connected(server.url, "B");
    deaf.socket.pause();
    const payload = "x".repeat(60_000);
    // The systems' own buffers take some MiB first.
    const sending = setInterval(() => sender.send({ type: "OFFER", dst: "A", payload }), 1);
    expect(await sender.next()).toEqual({ type: "EXPIRE", src: "A", dst: "B" });
    clearInterval(sending);
    const { refusedTotal, deliveredTotal } = server.statistics();
    expect(refusedTotal).toMatchObject({ "waiting-full": expect.any(Number) as number, backlog: 0 });
    expect(server.peers()).toEqual(["A", "B"]);
    // As soon as it reads again, all of them are there.
    deaf.socket.resume();
    for (let i = 0; i < deliveredTotal; i++) expect(await deaf.next()).toMatchObject({ type: "OFFER" });
    sender.send({ type: "OFFER", dst: "A", payload: "later" });
    const later = async (): Promise<unknown> => {
      const frame = (await deaf.next()) as { payload?: string };
      return frame.payload === "later" ? frame : later();
    };
    expect(await later()).toMatchObject({ src: "B" });
  });

  test("[S39] nothing is compressed", async () => {
    const { url } = await start();
    expect((await connected(url, "A")).socket.extensions).toBe("");
  });
});

describe("on a server of its own", () => {
  test("close() says good-bye to everybody and frees the port", async () => {
    const server = await createSignalingServer({ port: 0, host: "127.0.0.1" });
    const { port } = server;
    const client = await connected(server.url, "A");
    await server.close();
    expect(await client.closed).toBe(1001);
    await server.close();
    expect((await start({ port })).port).toBe(port);
  });

  test("close() does not wait for a client that never answers", async () => {
    const server = await createSignalingServer({ port: 0, host: "127.0.0.1" });
    const client = await connected(server.url, "A");
    client.socket.pause();
    await server.close();
    client.socket.terminate();
  });

  test("a taken port rejects", async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("PeerServer's HTTP requests are answered, others not", async () => {
    const { port } = await start();
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await get("/")).json()).toMatchObject({ name: "PeerJS Server" });
    for (const path of ["/peerjs/id", "/peerjs/peerjs/id?ts=1"]) {
      const response = await get(path);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(await response.text()).toMatch(/^[\da-f-]{36}$/);
    }
    for (const path of ["/x", "/peerjs", "/peerjs/peerjs", "/other/id"]) expect((await get(path)).status).toBe(404);
  });

  test("a WebSocket for another path is refused", async () => {
    const { port } = await start();
    const client = new RawClient(`ws://127.0.0.1:${port}/other?key=peerjs&id=A&token=t`);
    expect(await client.closed).toBe(1006);
  });
});

describe("on a server that is there already", () => {
  test("it takes only its own WebSockets, and close() leaves the server as it was", async () => {
    const http = createServer((request, response) => {
      if (!server.handleRequest(request, response)) response.end("the site");
    });
    const others = new WebSocketServer({ noServer: true });
    http.on("upgrade", (request, socket, head) => {
      if (request.url === "/others") others.handleUpgrade(request, socket, head, (client) => client.send('"hello"'));
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    running.push({ close: () => http.close() });
    const { port } = http.address() as AddressInfo;

    const server = await start({ server: http });
    expect(server.url).toBe(`ws://127.0.0.1:${port}/peerjs`);
    await connected(server.url, "A");
    const other = new RawClient(`ws://127.0.0.1:${port}/others`);
    expect(await other.next()).toBe("hello");
    await server.close();

    expect(http.listenerCount("upgrade")).toBe(1);
    expect(await (await fetch(`http://127.0.0.1:${port}/page`)).text()).toBe("the site");
    other.socket.terminate();
  });
});
