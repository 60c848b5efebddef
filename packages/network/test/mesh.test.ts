import { parseFrames } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import type { Network } from "../src/index.ts";
import type { MemoryNetwork } from "../src/testing/index.ts";
import { NOTHING, setup } from "./memory-nodes.ts";
import { joinRaw } from "./raw-joiner.ts";

/** A mesh in memory: a host and joiners, who are connected to each other unless `cut`. */
async function gather(
  names: readonly string[],
  { cut = false, autoRelay = true }: { cut?: boolean; autoRelay?: boolean } = {},
): Promise<{ net: MemoryNetwork; host: Network; code: string; joiners: Network[] }> {
  const { net, node } = setup();
  const host = node("host", { topology: "mesh", autoRelay });
  const code = await net.until(host.host());
  if (cut) for (const a of names) for (const b of names) if (a < b) net.link(a, b, { cut: true });
  const joiners: Network[] = [];
  for (const name of names) {
    const joiner = node(name);
    await net.until(joiner.join(code));
    joiners.push(joiner);
  }
  await net.advance(500);
  return { net, host, code, joiners };
}

const pathsOf = (node: Network): string[] => Object.values(node.peerStats).map(({ path }) => path);

/** What a node hears, as `[from, data]`. */
function record(node: Network): unknown[][] {
  const heard: unknown[][] = [];
  node.on("messageReceived", (from, data) => heard.push([from, data]));
  return heard;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("a mesh", () => {
  test("[F18] joiners follow the host's topology, and all are connected", async () => {
    const { host, joiners } = await gather(["ann", "bob", "cat"]);
    for (const node of [host, ...joiners]) expect(pathsOf(node)).toEqual(["direct", "direct", "direct"]);
    expect(joiners[0]!.topology).toBe("star");
  });

  test("[S63] a host that says nothing of a mesh in its answer has none, whatever its roster says", async () => {
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
    const frames = app.received.flatMap((text) => parseFrames(text));
    expect(
      frames.filter((frame) => frame?.t === "m").map((frame) => frame?.t === "m" && [frame.from, frame.d]),
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
    const large = "x".repeat(261_630);
    const sent = [deep, large, "ü".repeat(130_000), ...numbers(500)];
    for (const data of sent) ann.sendTo(bob.nodeId, data);
    await net.advance(5000);
    expect(heard).toEqual(sent.map((data) => [ann.nodeId, data]));
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

  test.each([
    ["its connection has just broken", false],
    ["there was none", true],
  ])("[F24] what a node says last arrives, though %s", async (_why, cut) => {
    const { net, host, joiners } = await gather(["ann", "bob"], { cut });
    const [ann, bob] = joiners as [Network, Network];
    const heard = record(bob);
    net.link("ann", "bob", { cut: true });
    for (const i of numbers(100)) ann.broadcast(i);
    ann.leave();
    await net.advance(500);
    expect(heard.map(([, data]) => data)).toEqual(numbers(100));
    expect(bob.nodes).toEqual([host.nodeId]);
  });
});

describe("a link of a mesh that has nothing to say", () => {
  test.each([false, true])("costs one ping every 2 s, and its answer (by way of the host: %s)", async (cut) => {
    const { net, joiners } = await gather(["ann", "bob"], { cut });
    if (cut) net.link("ann", "bob", { cut: true });
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

describe("a hostile node in a mesh", () => {
  test("[F21] that floods with mail reaches nobody with it, and the others go on", async () => {
    const { net, host, code, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    const eve = await joinRaw(net, code, "eve");
    const heard = record(bob);
    for (const i of numbers(20_000)) eve.send(`{"n":${i + 1},"t":"v","to":"${bob.nodeId}","f":[{"t":"p","ts":1}]}`);
    ann.sendTo(bob.nodeId, "hello");
    // She answers no pings, so she is in for 4 s.
    await net.advance(3000);
    expect(heard).toEqual([[ann.nodeId, "hello"]]);
    expect([host.nodeCount, ann.status, bob.status]).toEqual([4, "connected", "connected"]);
    ann.sendTo(bob.nodeId, "still here");
    await net.advance(5000);
    expect(heard).toHaveLength(2);
  });

  test("[F22] that offers again and again makes a node connect a few times only", async () => {
    const { net, code, joiners } = await gather(["ann"]);
    const [ann] = joiners as [Network];
    let made = 0;
    const eve = await joinRaw(net, code, "eve");
    await net.advance(500);
    const offers: string[] = [];
    for (const i of numbers(200)) {
      const payload = { type: "data", connectionId: `eve_${i}`, sdp: { type: "offer", sdp: "v=0\r\n" } };
      offers.push(JSON.stringify({ n: i + 1, t: "v", to: ann.nodeId, f: [{ t: "g", type: "OFFER", payload }] }));
    }
    for (const offer of offers) {
      eve.send(offer);
      await net.advance(10);
      made = Math.max(made, net.open("ann").peerConnections);
    }
    expect(made).toBeLessThanOrEqual(2);
    expect(eve.received.join("").split('"ANSWER"').length - 1).toBeLessThan(8);
  });

  test("[F1] whose mail is broken is not listened to any more; the network goes on", async () => {
    const { net, host, code, joiners } = await gather(["ann", "bob"]);
    const [ann, bob] = joiners as [Network, Network];
    const eve = await joinRaw(net, code, "eve");
    const errors: unknown[] = [];
    ann.on("errorOccurred", (_message, error) => errors.push([error.code, error.details.nodeId]));
    for (const i of numbers(101)) eve.send(`{"n":${i + 1},"t":"v","to":"${ann.nodeId}","f":[{"t":"m","n":"x"}]}`);
    await net.advance(500);
    expect(errors).toEqual([["connection-failed", "eve"]]);
    const heard = record(bob);
    ann.broadcast("fine");
    await net.advance(500);
    expect(heard).toEqual([[ann.nodeId, "fine"]]);
    expect(host.nodeCount).toBe(4);
  });

  test("[F19] mail to nobody, to itself, or from nobody of the mesh goes nowhere", async () => {
    const { net, host, code, joiners } = await gather(["ann"]);
    const [ann] = joiners as [Network];
    const heard = [record(host), record(ann)];
    const eve = await joinRaw(net, code, "eve");
    const app = await joinRaw(net, code, "app", { unannounced: true });
    const mail = (n: number, to: string): string => `{"n":${n},"t":"v","to":"${to}","f":[{"n":1,"t":"m","d":1}]}`;
    eve.send(mail(1, "eve"));
    eve.send(mail(2, "nobody"));
    eve.send(mail(3, code));
    eve.send(mail(4, "app"));
    eve.send('{"n":5,"t":"v","f":[{"n":1,"t":"m","d":1}]}');
    app.send(mail(1, ann.nodeId));
    await net.advance(500);
    expect(heard).toEqual([[], []]);
    expect([...eve.received, ...app.received].join("")).not.toMatch(/"from":"(?:eve|app)"/);
  });
});
