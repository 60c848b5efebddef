import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect } from "vitest";
import { Ensemble } from "../harness/ensemble.ts";
import { allDirect, idsIn, messagesFrom, pathsAre } from "../harness/mesh-nodes.ts";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";
import { talk } from "../harness/talk.ts";
import type { AgentOptions, TestNode } from "../harness/test-node.ts";
import { NativeAppProcess } from "../interop/native-app-process.ts";

const test = testOnStage();
const ensemble = new Ensemble();
afterAll(() => ensemble.close());

const MESH: AgentOptions = { topology: "mesh" };
const FREE_WITHIN_MS = 5000;

test.concurrent("joiners that are killed while they connect, a process and a tab, leave the others whole, and their places are free within 5 s", async ({
  scene,
}) => {
  const [host, ...stay] = (await ensemble.nodes(scene, ["node", "firefox", "chromium"])) as [TestNode, ...TestNode[]];
  const [next, victims] = await Promise.all([
    ensemble.nodes(scene, ["firefox", "node"]),
    Promise.all([scene.doomed("node"), scene.doomed("chromium")]),
  ]);
  const code = await host.host({ ...MESH, maxNodes: 5 });
  for (const node of stay) await node.join(code);
  // In: it has its link to the host, and has just begun to dial the others.
  await Promise.all(victims.map((victim) => victim.join(code).then(() => victim.kill())));
  await host.waitFor({ event: "nodeJoined", atLeast: 4 });
  const lost = idsIn(await host.events(), "nodeJoined").slice(2);
  await Promise.all(
    [host, ...stay].flatMap((node) =>
      lost.map((id) => node.waitFor({ event: "nodeLeft", args: [id] }, FREE_WITHIN_MS)),
    ),
  );
  await Promise.all(next.map((node) => node.join(code)));
  await allDirect([host, ...stay, ...next]);
  await talk([host, ...stay, ...next]);
  for (const node of [host, ...stay]) {
    expect(idsIn(await node.events(), "nodeLeft").sort(), `at ${node.kind}`).toEqual([...lost].sort());
  }
});

test.concurrent("of two who come for the last place at once, from a network in which they knew each other, one is in and nobody hears of the other", async ({
  scene,
}) => {
  const nodes = await ensemble.nodes(scene, ["node", "chromium", "node", "firefox"]);
  const [host, guest, ...rivals] = nodes as [TestNode, TestNode, ...TestNode[]];
  const first = await host.host(MESH);
  for (const joiner of [guest, ...rivals]) await joiner.join(first);
  await allDirect(nodes);
  await host.leave();
  await Promise.all([guest, ...rivals].map((node) => node.waitFor({ property: "status", is: "disconnected" })));

  const code = await host.host({ ...MESH, maxNodes: 3 });
  await guest.join(code);
  const known = await Promise.all([host, guest].map(async (node) => (await node.events()).length));
  const verdicts = await Promise.allSettled(rivals.map((rival) => rival.join(code)));
  const inside = rivals.filter((_, at) => verdicts[at]!.status === "fulfilled");
  expect(inside).toHaveLength(1);
  expect(verdicts).toContainEqual({
    status: "rejected",
    reason: expect.objectContaining({ code: "network-full" }) as unknown,
  });
  const [, , winnerId] = await allDirect([host, guest, ...inside]);
  await talk([host, guest, ...inside]);
  for (const [at, node] of [host, guest].entries()) {
    const events = await node.events(known[at]);
    expect(idsIn(events, "nodeJoined")).toEqual([winnerId]);
    expect(idsIn(events, "nodeLeft")).toEqual([]);
  }
  const refused = rivals.find((rival) => !inside.includes(rival))!;
  expect(await refused.snapshot()).toMatchObject({ status: "error", nodes: [] });
});

/** `{"t":"P","ts":1234567,"a":12}`: the longest word of two who have nothing to say. */
const LONGEST_WORD = 30;
const IDLE_MS = 4000;
const PING_EVERY_MS = 2000;

test.concurrent("who has nothing to say says a ping every 2 s on each connection, and answers one", async ({
  scene,
}) => {
  const nodes = await ensemble.nodes(scene, ["node", "chromium", "firefox"]);
  const [host, ...joiners] = nodes as [TestNode, ...TestNode[]];
  const code = await host.host(MESH);
  for (const joiner of joiners) await joiner.join(code);
  await allDirect(nodes);
  const received = async (): Promise<number[][]> =>
    (await Promise.all(nodes.map((node) => node.snapshot()))).map(({ peerStats }) =>
      Object.values(peerStats).map(({ bytesRecv }) => bytesRecv),
    );
  const [before, began] = [await received(), performance.now()];
  await delay(IDLE_MS);
  const [after, took] = [await received(), performance.now() - began];
  const pings = took / PING_EVERY_MS + 1;
  for (const [at, links] of after.entries()) {
    for (const [other, bytes] of links.entries()) {
      const more = bytes - before[at]![other]!;
      expect(more, "something must be heard").toBeGreaterThan(0);
      expect(more, `bytes in ${took} ms`).toBeLessThanOrEqual(2 * pings * LONGEST_WORD);
    }
  }
});

function startApp(scene: Scene): Promise<NativeAppProcess> {
  return scene.keep(NativeAppProcess.start());
}

/** What existing apps have in their frames. */
const KNOWN_KEYS = ["d", "from", "nodeId", "nodes", "q", "sys", "t", "ts"];
const KNOWN_FRAMES = ["P", "m", "p", "s", "y"];

test.concurrent("two native apps and three of ours in one mesh hear each other: ours directly, the apps through the host and in words that they know", async ({
  scene,
}) => {
  const [first, second, ...nodes] = await Promise.all([
    startApp(scene),
    startApp(scene),
    ...(["node", "node", "chromium"] as const).map((kind) => ensemble.node(scene, kind)),
  ]);
  const [host, ann, bob] = nodes as [TestNode, TestNode, TestNode];
  const code = await host.host(MESH);
  const app = { signalingUrl: scene.signalingUrl };
  await ann.join(code);
  const firstId = await first.join(code, app);
  await bob.join(code);
  const secondId = await second.join(code, app);
  const ids = await Promise.all(nodes.map((node) => node.id()));
  const [hostId, annId, bobId] = ids as [string, string, string];

  await pathsAre(host, ["direct", "direct", "direct", "direct"]);
  for (const node of [ann, bob]) await node.waitFor({ property: "nodeCount", is: 5 });
  expect((await ann.snapshot()).nodes).toEqual([hostId, firstId, bobId, secondId]);
  await pathsAre(ann, ["direct", "via-host", "direct", "via-host"]);
  await pathsAre(bob, ["direct", "direct", "via-host", "via-host"]);
  for (const nodeId of [annId, bobId, secondId]) await first.waitFor("playerJoined", { nodeId });
  for (const nodeId of [annId, bobId, firstId]) await second.waitFor("playerJoined", { nodeId });

  for (const [at, node] of nodes.entries()) {
    await node.broadcast({ by: ids[at]! });
    await node.broadcastState({ x: at });
    await node.sendTo(firstId, { only: "first", by: ids[at]! });
  }
  for (const [id, each] of [
    [firstId, first],
    [secondId, second],
  ] as const) {
    each.broadcast({ by: id });
    each.broadcastState({ by: id, x: 9 });
  }
  for (const each of [first, second]) {
    for (const [at, from] of ids.entries()) {
      await each.waitFor("messageReceived", { from, data: { by: from } });
      await each.waitFor("stateReceived", { from, data: { x: at } });
    }
  }
  for (const from of ids) await first.waitFor("messageReceived", { from, data: { by: from, only: "first" } });
  await second.waitFor("messageReceived", { from: firstId, data: { by: firstId } });
  await first.waitFor("messageReceived", { from: secondId, data: { by: secondId } });
  const everybody = [...ids, firstId, secondId];
  for (const [at, node] of nodes.entries()) {
    for (const from of everybody.filter((id) => id !== ids[at])) {
      await node.waitFor({ event: "messageReceived", args: [from, { by: from }] });
      await node.waitFor({ event: "stateReceived", args: [from] });
      expect(messagesFrom(await node.events(), from)).toEqual([{ by: from }]);
    }
  }
  for (const each of [first, second]) {
    // It has answered a ping, and its own was.
    await each.waitFor("latencyChanged");
    const heard = each.events.filter(({ event }) => event === "messageReceived");
    expect(heard, "nothing twice").toHaveLength(each === first ? 4 + 3 : 4);
    const frames = [...each.frames("received", "data"), ...each.frames("received", "state")];
    for (const text of frames) {
      const frame = JSON.parse(text) as Record<string, unknown>;
      expect(KNOWN_KEYS, text).toEqual(expect.arrayContaining(Object.keys(frame)));
      expect(KNOWN_FRAMES, text).toContain(frame["t"]);
    }
  }

  await bob.leave();
  for (const each of [first, second]) await each.waitFor("playerLeft", { nodeId: bobId });
  second.leave();
  await ann.waitFor({ event: "nodeLeft", args: [secondId] });
  await first.waitFor("playerLeft", { nodeId: secondId });
});
