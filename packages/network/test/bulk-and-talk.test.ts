import { describe, expect, test } from "vitest";
import type { Network } from "../src/index.ts";
import type { MemoryNetwork } from "../src/testing/index.ts";
import { codeOf, setup } from "./memory-nodes.ts";
import { numbers } from "./mesh-nodes.ts";

/** A host with joiners, all of whose links are like this. */
async function star(
  names: readonly string[],
  link: { delay: number; rate?: number },
): Promise<{ net: MemoryNetwork; host: Network; joiners: Network[] }> {
  const { net, node } = setup({ link });
  const host = node("host");
  const code = await net.until(host.host());
  const joiners = names.map((name) => node(name));
  for (const joiner of joiners) await net.until(joiner.join(code));
  await net.advance(1000);
  return { net, host, joiners };
}

/** Milliseconds that each of the messages takes there and back, one after the other. */
async function roundTrips(net: MemoryNetwork, from: Network, to: Network, ms: number): Promise<number[]> {
  const trips: number[] = [];
  const answer = (_from: string, data: unknown): void => void (data === "ping" && to.sendTo(from.nodeId, "pong"));
  let sent = 0;
  const heard = (_from: string, data: unknown): void => void (data === "pong" && trips.push(net.now - sent));
  const undo = [to.on("messageReceived", answer), from.on("messageReceived", heard)];
  for (const end = net.now + ms; net.now < end;) {
    sent = net.now;
    from.sendTo(to.nodeId, "ping");
    const before = trips.length;
    while (trips.length === before) await net.advance(1);
    await net.advance(7);
  }
  for (const stop of undo) stop();
  return trips;
}

const most = (values: readonly number[]): number => Math.max(...values);

describe("while 2 MB are on their way at 1 MB/s, 25 ms each way", () => {
  test.each(["with the receiver", "against the direction"])(
    "[F30] small messages %s take no longer than twice as long as on an idle way",
    async (way) => {
      const { net, host, joiners } = await star(["ann"], { delay: 25, rate: 1_000_000 });
      const [ann] = joiners as [Network];
      const [from, to] = way === "with the receiver" ? [host, ann] : [ann, host];
      const idle = most(await roundTrips(net, from, to, 500));
      let isThere = false;
      const began = net.now;
      const sending = host.sendTo(ann.nodeId, new Uint8Array(2_000_000)).then(() => (isThere = true));
      const busy = await roundTrips(net, from, to, 1500);
      expect(isThere).toBe(false);
      await net.until(sending);
      expect(most(busy)).toBeLessThanOrEqual(2 * idle);
      expect(net.now - began).toBeLessThan(4000);
    },
  );

  test("[F8, F30] pings are answered as soon", async () => {
    const { net, host, joiners } = await star(["ann"], { delay: 25, rate: 1_000_000 });
    const [ann] = joiners as [Network];
    await net.advance(10_000);
    const idle = host.peerStats[ann.nodeId]!.latency;
    const latencies: number[] = [];
    host.on("peerStatsChanged", (stats) => latencies.push(stats[ann.nodeId]!.latency));
    host.sendTo(ann.nodeId, new Uint8Array(20_000_000));
    await net.advance(18_000);
    expect(host.bufferedAmount(ann.nodeId)).toBeGreaterThan(0);
    expect(latencies.length).toBeGreaterThan(5);
    expect(most(latencies)).toBeLessThanOrEqual(2 * idle);
  });
});

test("[F30] a short transfer overtakes a long one that began before it", async () => {
  const { net, host, joiners } = await star(["ann"], { delay: 10, rate: 1_000_000 });
  const [ann] = joiners as [Network];
  const heard: number[] = [];
  ann.on("messageReceived", (_from, data) => heard.push((data as Uint8Array).length));
  const long = host.sendTo(ann.nodeId, new Uint8Array(5_000_000));
  await net.advance(500);
  await net.until(host.sendTo(ann.nodeId, new Uint8Array(100_000)), { limit: 1000 });
  await net.until(long);
  expect(heard).toEqual([100_000, 5_000_000]);
});

describe("a joiner behind 100 kbit/s", () => {
  test("[F30, F32] slows neither its host nor another joiner, and gets all in the end", async () => {
    const { net, host, joiners } = await star(["fast", "slow"], { delay: 10, rate: 5_000_000 });
    const [fast, slow] = joiners as [Network, Network];
    net.link("host", "slow", { rate: 12_500 });
    const heard: unknown[] = [];
    slow.on("messageReceived", (_from, data) => heard.push(data));
    const toSlow = [host, fast].map((from) => from.sendTo(slow.nodeId, new Uint8Array(300_000)));
    for (const i of numbers(100)) host.sendTo(slow.nodeId, i);
    await net.advance(100);
    const began = net.now;
    await net.until(
      Promise.all([
        host.sendTo(fast.nodeId, new Uint8Array(5_000_000)),
        fast.sendTo(host.nodeId, new Uint8Array(5_000_000)),
      ]),
    );
    // 1 s at its rate, and a second to find that out.
    expect(net.now - began).toBeLessThan(2500);
    await net.until(Promise.all(toSlow), { limit: 120_000 });
    expect(heard.filter((one) => typeof one === "number")).toEqual(numbers(100));
    expect(heard).toHaveLength(102);
  });

  test("[F30] gets what one broadcast brings the fast one at once", async () => {
    const { net, host, joiners } = await star(["fast", "slow"], { delay: 10, rate: 5_000_000 });
    const [fast, slow] = joiners as [Network, Network];
    net.link("host", "slow", { rate: 12_500 });
    const at: number[] = [];
    for (const [i, node] of [fast, slow].entries()) node.on("messageReceived", () => (at[i] = net.now));
    const began = net.now;
    await net.until(host.broadcast(new Uint8Array(500_000)), { limit: 120_000 });
    expect(at[0]! - began).toBeLessThan(1000);
    expect(at[1]! - began).toBeGreaterThan(40_000);
  });

  test.each([
    ["short", 1000],
    ["long", 100_000],
  ])(
    "makes a sender of %s messages that does not wait hear of a full queue, and gets all that was accepted",
    async (_which, size) => {
      const { net, node } = setup({ link: { delay: 10 } });
      const [host, slow] = [node("host", { maxQueue: 500_000 }), node("slow")];
      await net.until(slow.join(await net.until(host.host())));
      net.link("host", "slow", { rate: 12_500 });
      const heard: number[] = [];
      slow.on("messageReceived", (_from, data) => heard.push((data as [number])[0]));
      const told: string[] = [];
      host.on("errorOccurred", (_message, { code }) => told.push(code));
      const accepted: number[] = [];
      const rejected: (string | undefined)[] = [];
      const ends = numbers(2_000_000 / size).map(async (i) => {
        const code = await codeOf(host.sendTo(slow.nodeId, [i, "x".repeat(size)]));
        if (code === undefined) accepted.push(i);
        else rejected.push(code);
      });
      expect(host.bufferedAmount(slow.nodeId)).toBeLessThanOrEqual(500_000);
      await net.until(Promise.all(ends), { limit: 120_000 });
      expect(told).toEqual(["queue-full"]);
      expect(new Set(rejected)).toEqual(new Set(["queue-full"]));
      expect(accepted.length * size).toBeGreaterThan(350_000);
      expect(heard.sort((a, b) => a - b)).toEqual(accepted.sort((a, b) => a - b));
      expect([host.status, slow.status]).toEqual(["connected", "connected"]);
      // There is room again.
      await net.until(host.sendTo(slow.nodeId, [0, "again"]));
      expect(heard).toHaveLength(accepted.length + 1);
    },
  );
});

describe("a transfer that is given up", () => {
  test("[F30] frees both sides, and what follows arrives", async () => {
    const { net, host, joiners } = await star(["ann"], { delay: 10, rate: 1_000_000 });
    const [ann] = joiners as [Network];
    const heard: unknown[] = [];
    ann.on("messageReceived", (_from, data) => heard.push(data));
    const seen: number[] = [];
    ann.on("messageProgress", (_from, { received }) => seen.push(received));
    const given = new AbortController();
    const sending = codeOf(host.sendTo(ann.nodeId, new Uint8Array(5_000_000), { signal: given.signal }));
    await net.advance(2000);
    expect(seen.length).toBeGreaterThan(2);
    given.abort();
    expect(await net.until(sending)).toBe("aborted");
    expect(host.bufferedAmount(ann.nodeId)).toBeLessThan(1_000_000);
    await net.advance(1000);
    expect(host.bufferedAmount(ann.nodeId)).toBe(0);
    const before = seen.length;
    await net.until(host.sendTo(ann.nodeId, "next"));
    await net.advance(1000);
    expect(seen.length).toBe(before);
    expect(heard).toEqual(["next"]);
  });

  test("[F31] by its receiver's limit ends at once, and the others get it", async () => {
    const { net, node } = setup({ link: { delay: 10, rate: 1_000_000 } });
    const [host, ann, bob] = [node("host"), node("ann", { maxMessageSize: 100_000 }), node("bob")];
    const code = await net.until(host.host());
    for (const joiner of [ann, bob]) await net.until(joiner.join(code));
    const heard: unknown[] = [];
    for (const one of [ann, bob]) one.on("messageReceived", (_from, data) => heard.push((data as Uint8Array).length));
    const began = net.now;
    expect(await net.until(codeOf(host.sendTo(ann.nodeId, new Uint8Array(900_000))))).toBe("message-too-large");
    expect(net.now - began).toBeLessThan(200);
    expect(await net.until(codeOf(host.broadcast(new Uint8Array(900_000))))).toBe("message-too-large");
    await net.advance(3000);
    expect(heard).toEqual([900_000]);
  });

  test("[F30] because its receiver dies or leaves, or its sender leaves, rejects", async () => {
    const { net, host, joiners } = await star(["ann", "bob", "cat"], { delay: 10, rate: 1_000_000 });
    const [ann, bob, cat] = joiners as [Network, Network, Network];
    const ends = [ann, bob].map((to) => codeOf(host.sendTo(to.nodeId, new Uint8Array(5_000_000))));
    ends.push(codeOf(cat.sendTo(host.nodeId, new Uint8Array(9_000_000))));
    await net.advance(500);
    bob.leave();
    net.kill("ann");
    cat.leave();
    expect(await net.until(Promise.all(ends))).toEqual(["undelivered", "undelivered", "undelivered"]);
    expect([host.bufferedAmount(ann.nodeId), host.bufferedAmount(bob.nodeId)]).toEqual([0, 0]);
  });
});

test.each([200_000, 50_000])(
  "a way that falls from 10 MB/s to %i bytes/s in the middle of a transfer is not taken for dead",
  async (rate) => {
    const { net, host, joiners } = await star(["ann"], { delay: 10, rate: 10_000_000 });
    const [ann] = joiners as [Network];
    host.sendTo(ann.nodeId, new Uint8Array(40_000_000));
    await net.advance(1000);
    net.link("host", "ann", { rate });
    await net.advance(60_000);
    expect([host.nodeCount, ann.status]).toEqual([2, "connected"]);
  },
);

test.each(["star", "mesh"] as const)(
  "[F15, F25] a joiner of a %s may say 20,000 small messages at once: all hear all of them, in order",
  async (topology) => {
    const { net, node } = setup({ link: { delay: 10 } });
    const nodes = [node("host", { topology }), node("ann"), node("bob"), node("cat")];
    const [host, ann] = nodes as [Network, Network];
    const code = await net.until(host.host());
    for (const joiner of nodes.slice(1)) await net.until(joiner.join(code));
    await net.advance(1000);
    const heard = nodes.map(() => [] as number[]);
    for (const [i, one] of nodes.entries())
      one.on("messageReceived", (_from, data) => heard[i]!.push((data as { i: number }).i));
    for (const i of numbers(20_000)) ann.broadcast({ i });
    await net.advance(20_000);
    expect(heard.map((list) => list.length)).toEqual([20_000, 0, 20_000, 20_000]);
    for (const list of heard) expect(list.every((i, at) => i === at)).toBe(true);
    expect(nodes.map(({ nodeCount }) => nodeCount)).toEqual([4, 4, 4, 4]);
  },
);
