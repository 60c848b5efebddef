import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { createSignalingServer, type SignalingServer } from "../src/index.ts";
import type { ConnectingClient } from "../src/options.ts";
import { RawClient } from "./raw-client.ts";
import { recorded } from "./recorded.ts";
import { connect, connected, lanConnect, lanConnected, start } from "./servers.ts";

/** A client that has said its first frame. */
async function introduced(url: string, first: object | string): Promise<RawClient> {
  const client = lanConnect(url);
  await once(client.socket, "open");
  client.send(first);
  return client;
}

const startLan = (options: object = {}): Promise<SignalingServer> => start({ lan: true, ...options });

type Frame = Readonly<Record<string, unknown>>;

describe("existing apps in LAN mode", () => {
  // Their host is in the server's own process, so only what it said to others is recorded.
  test.each([
    ["local", "an existing app", lanConnected],
    ["local", "one of ours", connected],
    ["full-local", "an existing app", lanConnected],
    ["full-local", "one of ours", connected],
  ])("[S58] a recorded session goes the same way here: %s, with %s as host", async (scenario, _who, open) => {
    const { url } = await startLan();
    const host = await open(url, "HOST");
    const clients = new Map<number, RawClient>();
    const ids = new Map<number, unknown>();
    const frames = recorded.filter((frame) => frame.scenario === scenario);
    expect(frames.length).toBeGreaterThan(8);
    for (const { dir, conn, op, data, url: upgraded } of frames) {
      const client = clients.get(conn);
      if (dir === "upgrade") {
        const opened = lanConnect(url, new URLSearchParams(upgraded.split("?")[1]).get("id") ?? "");
        clients.set(conn, opened);
        await once(opened.socket, "open");
      } else if (op === "close") {
        if (dir === "client->server") client?.socket.close();
        else expect(await client?.closed).toBe(1005);
      } else {
        const frame = JSON.parse(data) as Frame;
        if (dir === "client->server") {
          client?.send(data);
          if ("id" in frame) ids.set(conn, frame["id"]);
          else expect(await host.next()).toEqual({ ...frame, src: ids.get(conn) });
        } else {
          const { src, ...said } = frame;
          if (src === "HOST") host.send(said);
          expect(await client?.next()).toEqual(frame);
        }
      }
    }
  });

  test("[S58] nothing is answered before the first frame, and what the query says does not count", async () => {
    const server = await startLan();
    const client = lanConnect(server.url, "A");
    const answered = vi.fn<() => void>();
    client.socket.on("message", answered);
    await once(client.socket, "open");
    client.socket.ping();
    await once(client.socket, "pong");
    expect([answered.mock.calls.length, server.clients]).toEqual([0, 0]);
    client.send({ id: "B" });
    expect(await client.next()).toEqual({ id: "B", type: "OPEN" });
    expect(server.peers()).toEqual(["B"]);
  });

  test("[S58] who says no id gets one", async () => {
    const { url } = await startLan();
    const ids: string[] = [];
    for (const first of [{}, { type: "HEARTBEAT" }]) {
      const open = (await (await introduced(url, first)).next()) as { id: string };
      expect(open).toEqual({ id: expect.stringMatching(/^[\da-f]{16}$/) as string, type: "OPEN" });
      ids.push(open.id);
    }
    expect(new Set(ids).size).toBe(2);
  });

  test("[S58] a server that was not told to take them refuses them at once, as PeerServer does", async () => {
    const { url } = await start();
    const client = lanConnect(url, "A");
    expect(await client.next()).toMatchObject({ type: "ERROR" });
    expect(await client.closed).toBe(1008);
  });

  test.each(["?id=A&token=t", "?id=A&key=peerjs", "?id=A&token=&key="])(
    "[S58] who gives a token or a key, but not both, is refused at once: %s",
    async (query) => {
      const { url } = await startLan();
      const client = new RawClient(url + query);
      expect(await client.next()).toMatchObject({ type: "ERROR" });
      expect(await client.closed).toBe(1008);
    },
  );

  test("[S59] the first frame counts as one: a HEARTBEAT is echoed", async () => {
    const { url } = await startLan();
    const client = await introduced(url, { id: "A", type: "HEARTBEAT" });
    expect(await client.next()).toEqual({ id: "A", type: "OPEN" });
    expect(await client.next()).toEqual({ type: "HEARTBEAT" });
    client.send({ type: "HEARTBEAT" });
    expect(await client.next()).toEqual({ type: "HEARTBEAT" });
  });

  test("[S59] and an offer is forwarded, whatever it says of its sender", async () => {
    const { url } = await startLan();
    const host = await lanConnected(url, "HOST");
    const offer = { type: "OFFER", dst: "HOST", payload: { n: 1 } };
    const joiner = await introduced(url, { id: "A", src: "HOST", ...offer });
    expect(await joiner.next()).toEqual({ id: "A", type: "OPEN" });
    expect(await host.next()).toEqual({ ...offer, src: "A" });
  });

  test("[S59] and who says LEAVE first was here for a moment", async () => {
    const server = await startLan();
    const client = await introduced(server.url, { id: "A", type: "LEAVE" });
    expect(await client.next()).toEqual({ id: "A", type: "OPEN" });
    expect(await client.closed).toBe(1000);
    expect(server.clients).toBe(0);
  });

  test("[S25] frames of any type go through, except what only the server says", async () => {
    const { url } = await startLan();
    const host = await connected(url, "HOST");
    const joiner = await lanConnected(url, "A");
    joiner.send({ type: "ERROR", dst: "HOST", payload: { msg: "from the server?" } });
    for (const type of ["REJECT", "LEAVE", "WHATEVER"]) joiner.send({ type, dst: "HOST" });
    for (const type of ["REJECT", "LEAVE", "WHATEVER"])
      expect(await host.next()).toEqual({ type, src: "A", dst: "HOST" });
  });
});

describe("who may be whom", () => {
  test("[S60] an id is one client's: who says it too gets ID-TAKEN", async () => {
    const server = await startLan();
    await lanConnected(server.url, "A");
    const second = await introduced(server.url, { id: "A" });
    expect(await second.next()).toMatchObject({ type: "ID-TAKEN" });
    expect(await second.closed).toBe(1008);
    await connected(server.url, "B", "secret");
    expect(await (await introduced(server.url, { id: "B" })).next()).toMatchObject({ type: "ID-TAKEN" });
    // Nobody has the token that the server drew for it.
    expect(await connect(server.url, "A", "t").next()).toMatchObject({ type: "ID-TAKEN" });
    expect(server.peers()).toEqual(["A", "B"]);
  });

  test("[S60] who leaves frees its id", async () => {
    const server = await startLan();
    const first = await lanConnected(server.url, "A");
    first.socket.close();
    await first.closed;
    await vi.waitFor(() => expect(server.clients).toBe(0));
    await lanConnected(server.url, "A");
  });

  test("[S60] the operator's check is asked for them, without a token: nobody else is the host", async () => {
    const asked: ConnectingClient[] = [];
    const server = await startLan({
      authorize: (client: ConnectingClient) => {
        asked.push(client);
        return client.id !== "HOST" || client.token === "host-token";
      },
    });
    const thief = await introduced(server.url, { id: "HOST" });
    expect(await thief.next()).toEqual({ type: "ERROR", payload: { msg: "Not allowed on this server" } });
    expect(await thief.closed).toBe(1008);
    await connected(server.url, "HOST", "host-token");
    await lanConnected(server.url, "A");
    expect(asked.map(({ id, token }) => [id, token])).toEqual([
      ["HOST", ""],
      ["HOST", "host-token"],
      ["A", ""],
    ]);
    expect(asked[2]).toMatchObject({ key: "peerjs", origin: undefined, address: "127.0.0.1" });
    expect(server.statistics().refusedTotal.unauthorized).toBe(1);
  });

  test("[S60] what is said while the operator's check takes its time comes in order, after OPEN", async () => {
    let ask: (allow: (isAllowed: boolean) => void) => void = () => undefined;
    const asked = new Promise<(isAllowed: boolean) => void>((resolve) => {
      ask = resolve;
    });
    const { url } = await startLan({
      authorize: ({ id }: ConnectingClient) => id === "HOST" || new Promise<boolean>((resolve) => ask(resolve)),
    });
    const host = await lanConnected(url, "HOST");
    const joiner = await introduced(url, { id: "A" });
    const offer = (n: number): object => ({ type: "OFFER", dst: "HOST", payload: { n, text: "x".repeat(100) } });
    for (let n = 0; n < 300; n++) joiner.send(offer(n));
    const allow = await asked;
    allow(true);
    expect(await joiner.next()).toEqual({ id: "A", type: "OPEN" });
    for (let n = 0; n < 300; n++) expect(await host.next()).toEqual({ ...offer(n), src: "A" });
  });
});

describe("our own clients on such a server", () => {
  test("[S62] are taken as everywhere, and the first frame that other hosts want does them no harm", async () => {
    const server = await startLan();
    const host = await connected(server.url, "HOST");
    const joiner = connect(server.url, "A");
    joiner.socket.on("open", () => joiner.send({ id: "A" }));
    expect(await joiner.next()).toEqual({ type: "OPEN" });
    joiner.send({ type: "OFFER", dst: "HOST", payload: 1 });
    expect(await host.next()).toEqual({ type: "OFFER", src: "A", dst: "HOST", payload: 1 });
    // Another id in it makes it nobody else.
    joiner.send({ id: "HOST" });
    joiner.send({ type: "ANSWER", dst: "HOST", payload: 2 });
    expect(await host.next()).toMatchObject({ src: "A" });
    expect(server.peers()).toEqual(["HOST", "A"]);
    expect(server.statistics()).toMatchObject({ droppedTotal: 2, clients: 2 });
  });

  test("[S62] meet existing apps", async () => {
    const { url } = await startLan();
    const host = await connected(url, "HOST");
    const joiner = await lanConnected(url, "A");
    host.send({ type: "REJECT", dst: "A", payload: { reason: "Network full" } });
    expect(await joiner.next()).toEqual({
      type: "REJECT",
      src: "HOST",
      dst: "A",
      payload: { reason: "Network full" },
    });
  });
});

test("close() does not wait for who has not said its id", async () => {
  const server = await createSignalingServer({ port: 0, host: "127.0.0.1", lan: true });
  const client = lanConnect(server.url);
  await once(client.socket, "open");
  const terminated = vi.spyOn(client.socket, "terminate");
  await server.close();
  expect(await client.closed).toBe(1001);
  expect(terminated).not.toHaveBeenCalled();
});
