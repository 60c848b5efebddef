import { describe, expect, test } from "vitest";
import { Network as Node } from "../src/index.ts";
import type { Network } from "../src/index.ts";
import { NOTHING } from "./memory-nodes.ts";
import { errorsOf, gather, numbers, record } from "./mesh-nodes.ts";

describe("a connection of a mesh whose send() throws, as a channel that native code has just closed does", () => {
  test("gives way to the host: everything arrives", async () => {
    const { net, joiners, code } = await gather(["ann"], { cut: true });
    const [ann] = joiners as [Network];
    const platform = net.platform("bob");
    const make = platform.createPeerConnection.bind(platform);
    let isBroken = false;
    let made = 0;
    platform.createPeerConnection = (config) => {
      const pc = make(config);
      // The first is the one to the host.
      if (++made < 2) return pc;
      const create = pc.createDataChannel.bind(pc);
      pc.createDataChannel = (label, init) => {
        const channel = create(label, init);
        const send = channel.send.bind(channel);
        channel.send = (data) => {
          if (isBroken) throw new Error("DataChannel is closed");
          send(data);
        };
        return channel;
      };
      return pc;
    };
    const bob = new Node({ platform });
    await net.until(bob.join(code));
    await net.advance(15_000);
    expect(bob.peerStats[ann.nodeId]!.path).toBe("direct");
    const heard = record(ann);
    net.link("ann", "bob", { cut: true });
    isBroken = true;
    for (const i of numbers(10)) {
      bob.sendTo(ann.nodeId, i);
      await net.advance(1000);
    }
    await net.advance(60_000);
    expect(bob.peerStats[ann.nodeId]!.path).toBe("via-host");
    expect(heard.map(([, data]) => data)).toEqual(numbers(10));
  });
});

describe("two nodes by way of the host", () => {
  test("may both say as much as the host passes on: each goes on acknowledging", async () => {
    const { net, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    const errors = [errorsOf(ann), errorsOf(bob)];
    const atBob = record(bob);
    let sent = 300;
    let undelivered: number | undefined;
    ann.on("errorOccurred", () => (undelivered ??= sent - atBob.length));
    const text = "x".repeat(16_000);
    for (const _ of numbers(300))
      for (const [from, to] of [
        [ann, bob],
        [bob, ann],
      ] as const)
        from.sendTo(to.nodeId, text); // 4.8 MB
    // From here on 1.4 MB/s each way: less than the way through the host takes.
    for (const _ of numbers(2000)) {
      for (const [from, to] of [
        [ann, bob],
        [bob, ann],
      ] as const)
        from.sendTo(to.nodeId, text);
      sent++;
      await net.advance(11.5);
    }
    expect([errors, undelivered]).toEqual([[[], []], undefined]);
  }, 60_000);

  test("may say that much one way", async () => {
    const { net, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    const errors = errorsOf(ann);
    const text = "x".repeat(16_000);
    for (const _ of numbers(300)) ann.sendTo(bob.nodeId, text);
    for (const _ of numbers(2000)) {
      ann.sendTo(bob.nodeId, text);
      await net.advance(11.5);
    }
    expect(errors).toEqual([]);
  }, 60_000);

  test("hear each other, though one cannot take all that the other says: who says too much is told", async () => {
    const { net, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    ann.maxQueue = 16 * 1024 * 1024;
    const [atAnn, atBob] = [record(ann), record(bob)];
    const errors = [errorsOf(ann), errorsOf(bob)];
    const text = "x".repeat(60_000);
    for (const _ of numbers(300)) ann.sendTo(bob.nodeId, text);
    await net.advance(20_000);
    expect(errors).toEqual([[["queue-full", bob.nodeId]], []]);
    bob.broadcast("are you there?");
    bob.sendTo(ann.nodeId, "hello?");
    await net.advance(20_000);
    expect(atAnn.map(([, data]) => data)).toEqual(["are you there?", "hello?"]);
    // 16 MiB, each with its quotation marks and its keys.
    expect(atBob).toHaveLength(279);
  });
});

describe("a joiner whose link to the host is full", () => {
  test("and who hears of a newcomer just then leaves nothing behind", async () => {
    const { net, code, joiners } = await gather(["ann"], { cut: true });
    const [ann] = joiners as [Network];
    await net.advance(2000);
    net.oneWay("ann", "host", { rate: 1 });
    const bob = new Node({ platform: net.platform("bob") });
    const joined = bob.join(code);
    await net.advance(5);
    ann.maxQueue = 1_000_000;
    const size = 50_000;
    while (ann.bufferedAmount(code) + size < 1_000_000) ann.sendTo(code, "x".repeat(size - 10));
    expect(ann.status).toBe("connected");
    await net.until(joined);
    await net.advance(100);
    await net.advance(60_000);
    expect(ann.status).toBe("error");
    expect(net.open("ann")).toEqual(NOTHING);
  });
});

describe("statistics of a mesh", () => {
  test("tell each change of a path at once, also when the other side dials anew", async () => {
    const { net, joiners } = await gather(["ann", "bob"]);
    const [ann, bob] = joiners as [Network, Network];
    await net.advance(20_000);
    const told = joiners.map(() => ["direct"]);
    const seen = joiners.map(() => ["direct"]);
    const other = [bob, ann];
    joiners.forEach((node, k) => {
      node.on("peerStatsChanged", (stats) => {
        const { path } = stats[other[k]!.nodeId]!;
        if (told[k]!.at(-1) !== path) told[k]!.push(path);
      });
    });
    // So that the dialer notices first, for half a second.
    net.oneWay("ann", "bob", { cut: true });
    net.oneWay("bob", "ann", { delay: 600 });
    const missed: string[] = [];
    for (let ms = 0; ms < 20_000; ms++) {
      await net.advance(1);
      joiners.forEach((node, k) => {
        const { path } = node.peerStats[other[k]!.nodeId]!;
        if (seen[k]!.at(-1) !== path) seen[k]!.push(path);
        if (path !== told[k]!.at(-1)) missed.push(`${k} at ${ms}: ${path}, told ${told[k]!.at(-1)}`);
      });
    }
    expect(missed).toEqual([]);
  });

  test("forget the latency of a path that is gone", async () => {
    const { net, joiners } = await gather(["ann", "bob"]);
    const [ann, bob] = joiners as [Network, Network];
    net.link("ann", "host", { delay: 200 });
    net.link("bob", "host", { delay: 200 });
    await net.advance(20_000);
    let latency: number | undefined;
    ann.on("peerStatsChanged", (stats) => {
      const { path, latency: ms } = stats[bob.nodeId]!;
      if (path === "via-host") latency ??= ms;
    });
    net.link("ann", "bob", { cut: true });
    await net.advance(10_000);
    expect(latency).toBe(-1);
  });
});

describe("signaling by way of the host", () => {
  test("waits for little of what is said that way: a pair is connected while much is being said to a slow node", async () => {
    const { net, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    net.oneWay("host", "bob", { rate: 100_000 });
    const heard = record(bob);
    for (const _ of numbers(800)) ann.sendTo(bob.nodeId, "x".repeat(16_000)); // 12.8 MB
    await net.advance(8000);
    net.link("ann", "bob", { cut: false });
    // One try of 10 s may be under way, then 30 s of pause at the most.
    await net.advance(60_000);
    expect([bob.peerStats[ann.nodeId]!.path, heard.length]).toEqual(["direct", 800]);
  });
});
