import { expect } from "vitest";
import { raiseBarrier } from "../harness/lan/barrier.ts";
import { testInLan } from "../harness/lan/lan-scene.ts";
import { startSignalingOn } from "../harness/lan/lan-signaling.ts";
import { idsIn, messagesFrom, pathsAre } from "../harness/mesh-nodes.ts";
import { SteadySender } from "../harness/steady-sender.ts";
import type { AgentOptions, RecordedEvent, TestNode } from "../harness/test-node.ts";

/** Anna hosts for all; each of the others is in one network, so that who may not reach whom concerns that one alone. */
const test = testInLan({ hosts: ["anna", "ben", "cleo", "dora", "emil", "fay", "gus", "hal", "ida", "jan", "kim"] });

const MESH: AgentOptions = { topology: "mesh" };
/** A connection that breaks is missed after 4 s; one that cannot be made is tried again after up to 10 s. */
const PATIENT = { timeout: 60_000 };
const SWITCHED_WITHIN_MS = 30_000;

/** A loss of a connection is no loss of a node, and no error. */
function expectQuiet(events: readonly RecordedEvent[], joined: number): void {
  expect(idsIn(events, "nodeJoined")).toHaveLength(joined);
  expect(events.filter(({ name }) => name === "nodeLeft" || name === "errorOccurred")).toEqual([]);
}

test.concurrent(
  "while 200 messages a second flow, packets between Node and Node, and Node and Chromium, vanish and come through again: all arrive once and in order, by way of the host in between",
  PATIENT,
  async ({ scene }) => {
    const [host, ben, cleo, dora] = await Promise.all([
      scene.node("anna"),
      scene.node("ben"),
      scene.node("cleo"),
      scene.tab("dora", "chromium"),
    ]);
    const joiners = [ben, cleo, dora];
    const code = await host.host(MESH);
    for (const joiner of joiners) await joiner.join(code);
    const directly = (): Promise<unknown> =>
      Promise.all(joiners.map((node) => pathsAre(node, ["direct", "direct", "direct"], SWITCHED_WITHIN_MS)));
    await directly();

    const senders = joiners.map((node) => new SteadySender(node));
    const barriers = await Promise.all(
      ["cleo", "dora"].map((name) => raiseBarrier(scene.host("ben"), scene.host(name))),
    );
    await Promise.all([
      pathsAre(ben, ["direct", "via-host", "via-host"], SWITCHED_WITHIN_MS),
      pathsAre(cleo, ["direct", "via-host", "direct"], SWITCHED_WITHIN_MS),
      pathsAre(dora, ["direct", "via-host", "direct"], SWITCHED_WITHIN_MS),
    ]);
    const ids = await Promise.all(joiners.map((node) => node.id()));
    await Promise.all(
      [cleo, dora].map(async (node) => {
        const { length } = await node.events();
        for (const event of ["messageReceived", "stateReceived"] as const)
          await node.waitFor({ event, args: [ids[0]], since: length });
      }),
    );
    await Promise.all(barriers.map((barrier) => barrier.lift()));
    await directly();

    const sent = await Promise.all(senders.map((sender) => sender.end()));
    for (const node of [host, ...joiners]) {
      const origins = joiners.filter((other) => other !== node);
      const total = origins.reduce((sum, other) => sum + sent[joiners.indexOf(other)]!.length, 0);
      await node.waitFor({ event: "messageReceived", atLeast: total });
      const events = await node.events();
      for (const other of origins) {
        const at = joiners.indexOf(other);
        const numbers = messagesFrom(events, ids[at]!).map((data) => (data as { n: number }).n);
        expect(numbers, `${node.kind} from ${other.kind}`).toEqual(sent[at]);
      }
      expectQuiet(events, 3);
    }
  },
);

test.concurrent(
  "when the signaling server is killed the connections of those who are in are made without it, the first time and again",
  PATIENT,
  async ({ scene }) => {
    const signaling = await startSignalingOn(scene.host("anna"));
    const options: AgentOptions = { signalingMode: "cloud", signalingUrl: signaling.url, iceServers: [] };
    const nodes = await Promise.all(["anna", "emil", "fay", "gus"].map((name) => scene.node(name, options)));
    const [host, emil, fay, gus] = nodes as [TestNode, TestNode, TestNode, TestNode];
    const untilKilled = await raiseBarrier(scene.host("emil"), scene.host("fay"));
    const code = await host.host(MESH);
    for (const joiner of [emil, fay, gus]) await joiner.join(code);
    await Promise.all([
      pathsAre(emil, ["direct", "via-host", "direct"]),
      pathsAre(fay, ["direct", "via-host", "direct"]),
      pathsAre(gus, ["direct", "direct", "direct"]),
    ]);
    await signaling.kill();
    const broken = await raiseBarrier(scene.host("emil"), scene.host("gus"));
    await untilKilled.lift();
    await Promise.all([
      pathsAre(emil, ["direct", "direct", "via-host"], SWITCHED_WITHIN_MS),
      pathsAre(fay, ["direct", "direct", "direct"], SWITCHED_WITHIN_MS),
      pathsAre(gus, ["direct", "via-host", "direct"], SWITCHED_WITHIN_MS),
    ]);
    await broken.lift();
    for (const node of nodes) await pathsAre(node, ["direct", "direct", "direct"], SWITCHED_WITHIN_MS);
    for (const node of nodes) expect(idsIn(await node.events(), "nodeLeft")).toEqual([]);
  },
);

test.concurrent(
  "without autoRelay two joiners whom nothing connects hear each other, and the host's application hears none of what they say to each other alone",
  PATIENT,
  async ({ scene }) => {
    const nodes = await Promise.all(["anna", "hal", "ida"].map((name) => scene.node(name)));
    const [host, hal, ida] = nodes as [TestNode, TestNode, TestNode];
    await raiseBarrier(scene.host("hal"), scene.host("ida"));
    const code = await host.host({ ...MESH, autoRelay: false });
    for (const joiner of [hal, ida]) await joiner.join(code);
    const [first, second] = await Promise.all([hal.id(), ida.id()]);
    await hal.waitFor({ property: "nodeCount", is: 3 });
    const told = Array.from({ length: 20 }, (_, n) => ({ n }));
    for (const data of told) {
      await hal.sendTo(second, data);
      await ida.sendTo(first, data);
    }
    await hal.broadcast("all");
    await ida.broadcast("all");
    await ida.broadcastState({ x: 1 });
    await hal.waitFor({ event: "stateReceived", args: [second, { x: 1 }] });
    for (const [node, from] of [
      [host, first],
      [host, second],
      [ida, first],
      [hal, second],
    ] as const) {
      await node.waitFor({ event: "messageReceived", args: [from, "all"] });
      const expected = node === host ? ["all"] : [...told, "all"];
      expect(messagesFrom(await node.events(), from)).toEqual(expected);
    }
    for (const node of [hal, ida]) await pathsAre(node, ["direct", "via-host"]);
  },
);

test.concurrent(
  "a joiner that is killed before anything connects it to the others leaves them whole, and its place is free within 5 s",
  PATIENT,
  async ({ scene }) => {
    const nodes = await Promise.all(["anna", "jan", "kim", "kim"].map((name) => scene.node(name)));
    const [host, jan, victim, next] = nodes as [TestNode, TestNode, TestNode, TestNode];
    const barrier = await raiseBarrier(scene.host("jan"), scene.host("kim"));
    const code = await host.host({ ...MESH, maxNodes: 3 });
    for (const joiner of [jan, victim]) await joiner.join(code);
    const victimId = await victim.id();
    await jan.waitFor({ event: "nodeJoined", args: [victimId] });
    await victim.kill();
    for (const node of [host, jan]) await node.waitFor({ event: "nodeLeft", args: [victimId] }, 5000);
    await barrier.lift();
    await next.join(code);
    for (const node of [host, jan, next]) await pathsAre(node, ["direct", "direct"]);
    for (const node of [host, jan]) expect(idsIn(await node.events(), "nodeLeft")).toEqual([victimId]);
  },
);
