import { describe, expect, test } from "vitest";
import { Network } from "../src/index.ts";
import type { NetworkOptions } from "../src/index.ts";
import { MemoryNetwork } from "../src/testing/index.ts";
import { joinRaw } from "./raw-joiner.ts";

/** A host, an honest joiner, and what both applications heard. */
async function setup(options: NetworkOptions = {}): Promise<{
  net: MemoryNetwork;
  code: string;
  host: Network;
  honest: Network;
  heard: { host: unknown[]; honest: unknown[] };
}> {
  const net = new MemoryNetwork();
  const host = new Network({ platform: net.platform("host"), ...options });
  const honest = new Network({ platform: net.platform("honest") });
  const code = await net.until(host.host());
  await net.until(honest.join(code));
  const heard: { host: unknown[]; honest: unknown[] } = { host: [], honest: [] };
  for (const [name, network] of [
    ["host", host],
    ["honest", honest],
  ] as const) {
    network.on("messageReceived", (from, data, info) => heard[name].push({ from, data, ...info }));
    network.on("stateReceived", (from, state) => heard[name].push({ from, state }));
    network.on("errorOccurred", (message) => heard[name].push(message));
  }
  return { net, code, host, honest, heard };
}

const json = (frame: object): string => JSON.stringify(frame);

describe("what a joiner sends", () => {
  test("[F6] comes from it, whatever it claims about itself", async () => {
    const { net, code, honest, heard } = await setup();
    const raw = await joinRaw(net, code, "raw");
    raw.send(json({ t: "m", d: "forged", from: honest.nodeId, n: 1 }));
    raw.sendState(json({ t: "s", d: "forged", from: code, q: 1 }));
    await net.advance(20);
    expect(heard.host).toEqual([
      { from: "raw", data: "forged" },
      { from: "raw", state: "forged" },
    ]);
    expect(heard.honest).toEqual(heard.host);
  });

  test("[F7] to one node reaches that node alone, with its origin", async () => {
    const { net, code, host, honest, heard } = await setup();
    const third = new Network({ platform: net.platform("third") });
    await net.until(third.join(code));
    const thirdHeard: unknown[] = [];
    third.on("messageReceived", (from, data) => thirdHeard.push({ from, data }));
    await net.advance(10);
    honest.sendTo(third.nodeId, 1);
    honest.sendTo(code, 2);
    host.sendTo(honest.nodeId, 3);
    await net.advance(20);
    expect(thirdHeard).toEqual([{ from: honest.nodeId, data: 1 }]);
    expect(heard.host).toEqual([{ from: honest.nodeId, data: 2, to: code }]);
    expect(heard.honest).toEqual([{ from: code, data: 3 }]);
    expect(() => honest.sendTo("nobody", 1)).toThrow(expect.objectContaining({ code: "unknown-node" }));
  });

  test("[F7] is the host application's to decide when autoRelay is off: it sees all, nothing goes on by itself", async () => {
    const { net, code, honest, heard } = await setup({ autoRelay: false });
    const third = new Network({ platform: net.platform("third") });
    await net.until(third.join(code));
    third.broadcast("all");
    third.broadcastState("state");
    third.sendTo(honest.nodeId, "you");
    await net.advance(20);
    const from = third.nodeId;
    expect(heard.host).toEqual(
      expect.arrayContaining([
        { from, data: "all" },
        { from, data: "you", to: honest.nodeId },
        { from, state: "state" },
      ]),
    );
    expect(heard.honest).toEqual([]);
  });

  test("[F9] a roster, a refusal or a good-bye of others from a joiner changes nothing", async () => {
    const { net, code, host, honest, heard } = await setup();
    const raw = await joinRaw(net, code, "raw");
    const before = [host.nodes, honest.nodes];
    raw.send(json({ t: "y", sys: "roster", nodes: ["ghost"], n: 1 }));
    raw.send(json({ t: "y", sys: "node_left", nodeId: honest.nodeId, n: 2 }));
    raw.send(json({ t: "y", sys: "node_joined", nodeId: "ghost", n: 3 }));
    raw.send(json({ t: "R", r: "go away" }));
    await net.advance(20);
    expect([host.nodes, honest.nodes]).toEqual(before);
    expect(heard).toEqual({ host: [], honest: [] });
  });

  test("[F9, F17] a new joiner speaks first, hears first who is in, and the others hear of it", async () => {
    const { net, code, honest } = await setup();
    const raw = await joinRaw(net, code, "raw");
    expect(JSON.parse(raw.received[0]!)).toEqual({ t: "y", sys: "roster", nodes: [honest.nodeId], n: 1 });
    expect(honest.nodes).toEqual([code, "raw"]);
  });

  test("[F12] a good-bye frees its seat at once", async () => {
    const { net, code, host, honest } = await setup();
    const raw = await joinRaw(net, code, "raw");
    raw.send(json({ t: "y", sys: "bye", n: 1 }));
    await net.advance(20);
    expect(raw.isClosed).toBe(true);
    expect(host.nodes).toEqual([honest.nodeId]);
    expect(honest.nodes).toEqual([code]);
  });
});

describe("state", () => {
  test("[F5] older than the newest is dropped and not relayed, and counted", async () => {
    const { net, code, host, heard } = await setup();
    const raw = await joinRaw(net, code, "raw");
    for (const q of [2, 1, 2, 3]) {
      raw.sendState(json({ t: "s", d: q, q }));
      await net.advance(5);
    }
    await net.advance(20);
    const expected = [
      { from: "raw", state: 2 },
      { from: "raw", state: 3 },
    ];
    expect(heard.host).toEqual(expected);
    expect(heard.honest).toEqual(expected);
    expect(host.syncStats["raw"]).toMatchObject({ seq: 3, recv: 2, dropped: 2 });
    expect(host.stateAgeMs("raw")).toBeGreaterThanOrEqual(0);
    expect(host.stateAgeMs("nobody")).toBe(-1);
  });

  test("[F5] on a link that loses, doubles and reorders, no older one comes after a newer one", async () => {
    const net = new MemoryNetwork({
      seed: 7,
      link: { delay: 20, jitter: 30, loss: 0.2, duplicate: 0.2, reorder: 0.3 },
    });
    const host = new Network({ platform: net.platform("host") });
    const a = new Network({ platform: net.platform("a") });
    const b = new Network({ platform: net.platform("b") });
    const code = await net.until(host.host());
    await net.until(a.join(code));
    await net.until(b.join(code));
    const seen: number[] = [];
    b.on("stateReceived", (from, state) => from === a.nodeId && seen.push(state as number));
    for (let i = 1; i <= 500; i++) {
      a.broadcastState(i);
      await net.advance(16);
    }
    await net.advance(1000);
    expect(seen.length).toBeGreaterThan(150);
    expect(seen).toEqual([...seen].sort((x, y) => x - y));
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe("abuse", () => {
  test("[F1] broken frames are passed over, and too many end the connection; the others play on", async () => {
    const { net, code, host, honest, heard } = await setup();
    const raw = await joinRaw(net, code, "raw");
    for (let i = 0; i < 100; i++) raw.send("{broken");
    await net.advance(20);
    expect(raw.isClosed).toBe(false);
    raw.send("{broken");
    await net.advance(20);
    expect(raw.isClosed).toBe(true);
    expect(host.nodes).toEqual([honest.nodeId]);
    expect(heard).toEqual({ host: [], honest: [] });
  });

  test("[F10] a message that follows a lost one waits for it: neither is heard out of order", async () => {
    const { net, code, heard } = await setup();
    const raw = await joinRaw(net, code, "raw");
    for (const n of [2, 1, 2, 2]) raw.send(json({ t: "m", d: n, n }));
    await net.advance(20);
    expect(heard.host).toEqual([
      { from: "raw", data: 1 },
      { from: "raw", data: 2 },
    ]);
  });

  test("[F10] what the answer to a ping shows to be lost is sent again", async () => {
    const { net, code } = await setup();
    const raw = await joinRaw(net, code, "raw");
    const rosters = (): number => raw.received.filter((text) => text.includes('"roster"')).length;
    const ping = raw.received.map((text) => JSON.parse(text) as { t?: string; ts?: number }).find(({ t }) => t === "p");
    expect(rosters()).toBe(1);
    raw.send(json({ t: "P", ts: ping?.ts, a: 0 }));
    await net.advance(20);
    expect(rosters()).toBe(2);
  });

  test("[F15] a joiner that floods is dropped; what the others send each other still arrives", async () => {
    const { net, code, honest, host } = await setup();
    const third = new Network({ platform: net.platform("third") });
    await net.until(third.join(code));
    const raw = await joinRaw(net, code, "raw");
    const seen: unknown[] = [];
    third.on("messageReceived", (from, data) => from === honest.nodeId && seen.push(data));
    for (let n = 1; n <= 9000; n++) raw.send(json({ t: "m", d: n, n }));
    honest.broadcast("still here");
    await net.advance(5000);
    expect(raw.isClosed).toBe(true);
    expect(host.nodes).toEqual([honest.nodeId, third.nodeId]);
    expect(seen).toEqual(["still here"]);
  });
});
