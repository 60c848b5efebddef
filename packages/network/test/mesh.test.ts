import { readBody } from "@clayground/protocol";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import type { Network } from "../src/index.ts";
import { NOTHING, setup } from "./memory-nodes.ts";
import { gather, numbers, pathsOf, record } from "./mesh-nodes.ts";
import { joinRaw } from "./raw-joiner.ts";

describe("a mesh", () => {
  test("[F18] joiners follow the host's topology, and all are connected", async () => {
    const { host, joiners } = await gather(["ann", "bob", "cat"]);
    for (const node of [host, ...joiners]) expect(pathsOf(node)).toEqual(["direct", "direct", "direct"]);
    expect(joiners[0]!.topology).toBe("star");
  });

  test("[S63] a host that says nothing of a mesh in its answer has none, whatever its joiners want", async () => {
    const { net, node } = setup();
    const host = node("host");
    const code = await net.until(host.host());
    const bob = node("bob", { topology: "mesh" });
    await net.until(bob.join(code));
    await net.until(node("cat", { topology: "mesh" }).join(code));
    await net.advance(500);
    expect(pathsOf(bob)).toEqual(["direct", "via-host"]);
  });

  test("[F18] what connects to nobody, such as an existing app, is reached through the host and told nothing new", async () => {
    const { net, host, code, joiners } = await gather(["ann", "bob"]);
    const heard = joiners.map(record);
    const app = await joinRaw(net, code, "app", { unannounced: true });
    await net.advance(500);
    app.send('{"t":"m","d":"from the app"}');
    joiners[0]!.broadcast("to all");
    joiners[1]!.sendTo("app", "to the app");
    host.broadcast("from the host");
    joiners[1]!.broadcastState("a state");
    await net.advance(500);
    expect(heard).toEqual(
      [
        [
          [host.nodeId, "from the host"],
          ["app", "from the app"],
        ],
        [
          [host.nodeId, "from the host"],
          [joiners[0]!.nodeId, "to all"],
          ["app", "from the app"],
        ],
      ].map((list) => expect.arrayContaining(list)),
    );
    const frames = app.frames();
    expect(
      frames
        .filter((frame) => frame?.t === "m")
        .map((frame) => frame?.t === "m" && [frame.from, readBody(frame.body)?.[0]]),
    ).toEqual(
      [
        [undefined, "from the host"],
        [joiners[0]!.nodeId, "to all"],
        [joiners[1]!.nodeId, "to the app"],
      ].map((one) => expect.arrayContaining(one)),
    );
    expect(frames.some((frame) => frame?.t === "s" && frame.from === joiners[1]!.nodeId)).toBe(true);
    expect(app.received.join("")).not.toMatch(/"mesh"|"t":"[vwg]"/);
    expect(pathsOf(joiners[0]!)).toEqual(["direct", "direct", "via-host"]);
  });

  test("needs no signaling server once a node is in", async () => {
    const { net, joiners } = await gather(["ann", "bob"], { cut: true });
    net.signaling.stop();
    expect(pathsOf(joiners[0]!)).toEqual(["direct", "via-host"]);
    net.link("ann", "bob", { cut: false });
    await net.advance(60_000);
    for (const node of joiners) expect(pathsOf(node)).toEqual(["direct", "direct"]);
  });

  test("leaves nothing open", async () => {
    const { net, host, joiners } = await gather(["ann", "bob", "cat"], { cut: true });
    for (const node of [...joiners, host]) node.leave();
    await net.advance(2000);
    expect(net.open()).toEqual(NOTHING);
  });
});

describe("two nodes of a mesh that cannot be connected", () => {
  test("[F19] hear each other through the host: the deepest, the largest, in order", async () => {
    const { net, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    const heard = record(bob);
    const deep: unknown = JSON.parse("[".repeat(63) + "]".repeat(63));
    // Up to 64 KiB, less what mail takes of a message of 256 KiB.
    const large = "x".repeat(65_400);
    const sent = [deep, large, "ü".repeat(65_400), ...numbers(500)];
    for (const data of sent) ann.sendTo(bob.nodeId, data);
    await net.advance(5000);
    expect(heard.every(([from, data], i) => from === ann.nodeId && isDeepStrictEqual(data, sent[i]))).toBe(true);
    expect(heard).toHaveLength(sent.length);
    expect(pathsOf(ann)).toEqual(["direct", "via-host"]);
    expect(ann.peerStats[bob.nodeId]!.latency).toBeGreaterThan(0);
  });

  test("[F19] the host's application sees nothing of it, also without autoRelay", async () => {
    const { net, host, joiners } = await gather(["ann", "bob"], { cut: true, autoRelay: false });
    const [ann, bob] = joiners as [Network, Network];
    const [atHost, atBob] = [record(host), record(bob)];
    ann.sendTo(bob.nodeId, "psst");
    ann.broadcast("all");
    await net.advance(500);
    expect(atHost).toEqual([[ann.nodeId, "all"]]);
    expect(atBob).toEqual([
      [ann.nodeId, "psst"],
      [ann.nodeId, "all"],
    ]);
  });

  test("[F19] states take the lossy channel to the host and on", async () => {
    const { net, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    const states: unknown[] = [];
    bob.on("stateReceived", (_from, data) => states.push(data));
    for (const i of numbers(20)) {
      ann.broadcastState(i);
      await net.advance(50);
    }
    expect(states).toEqual(numbers(20));
    expect(bob.peerStats[ann.nodeId]!.stateRecv).toBe(20);
    expect(bob.syncStats[ann.nodeId]).toMatchObject({ seq: 20, recv: 20, dropped: 0 });
  });

  test("[F21] may say more than the host passes on in a second: it arrives, and nobody is dropped", async () => {
    const { net, host, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    const heard = record(bob);
    const text = "x".repeat(16_000);
    for (const i of numbers(800)) ann.sendTo(bob.nodeId, [i, text]);
    await net.advance(20_000);
    expect(heard.map(([, data]) => (data as [number])[0])).toEqual(numbers(800));
    expect(host.nodeCount).toBe(3);
  });

  test("[F23] are connected as soon as it is possible, and nothing is lost or doubled on the way there and back", async () => {
    const { net, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    const heard = [record(ann), record(bob)];
    const paths: string[] = [];
    ann.on("peerStatsChanged", (stats) => {
      const { path } = stats[bob.nodeId]!;
      if (paths.at(-1) !== path) paths.push(path);
    });
    let sent = 0;
    const talk = async (ms: number): Promise<void> => {
      const end = net.now + ms;
      for (; net.now < end; sent++) {
        ann.sendTo(bob.nodeId, sent);
        bob.broadcast(sent);
        await net.advance(5);
      }
    };
    await talk(1000);
    net.link("ann", "bob", { cut: false });
    await talk(45_000);
    net.link("ann", "bob", { cut: true });
    await talk(10_000);
    net.link("ann", "bob", { cut: false });
    await talk(45_000);
    await net.advance(1000);
    expect(paths).toEqual(["via-host", "direct", "via-host", "direct"]);
    expect(heard[0]!.map(([, data]) => data)).toEqual(numbers(sent));
    expect(heard[1]!.map(([, data]) => data)).toEqual(numbers(sent));
    expect(ann.status).toBe("connected");
  });
});

describe("a link of a mesh that has nothing to say", () => {
  test.each([false, true])("costs one ping every 2 s, and its answer (by way of the host: %s)", async (cut) => {
    const { net, joiners } = await gather(["ann", "bob"], { cut });
    const [ann, bob] = joiners as [Network, Network];
    await net.advance(60_000);
    const before = ann.peerStats[bob.nodeId]!.bytesRecv;
    await net.advance(20_000);
    // Ten pings and ten answers, of at most 40 bytes; while it is cut, also two or three tries to connect.
    const spent = ann.peerStats[bob.nodeId]!.bytesRecv - before;
    expect(spent).toBeGreaterThan(20 * 20);
    expect(spent).toBeLessThan(20 * 45 + (cut ? 6000 : 0));
  });
});
