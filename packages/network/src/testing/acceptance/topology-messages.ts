import { check, same } from "./check.ts";
import { heard, messagesFrom, story } from "./party.ts";
import type { Scenario } from "./scenario.ts";
import type { TestNode, TopologyContext } from "./test-node.ts";

/** JSON that careless code changes on its way. */
const SAMPLES: readonly unknown[] = [
  { a: { b: { c: [1, [2, [3, []]], {}] } } },
  { "": "empty key", ключ: "Grüße, 世界 🎮 \u2028 \u0000", quote: '"\\/' },
  null,
  "",
  "text",
  {},
  [],
  [null, [null], { n: null }],
  0,
  -1.5,
  1e21,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  true,
  false,
  { t: "m", d: 1, from: "nobody", sys: "roster", y: 1, q: 9 },
  { big: "ü".repeat(5000), list: Array.from({ length: 1000 }, (_, i) => i) },
];

const numbered = (count: number): { i: number }[] => Array.from({ length: count }, (_, i) => ({ i }));

const PER_NODE = 200;
const STATES = 100;

/** What reliable messages and lossy states must do, in every topology. */
export const messageScenarios: readonly Scenario<TopologyContext>[] = [
  story("host and joiner exchange every kind of JSON exactly", async (party) => {
    const { host, joiners } = await party.gather(["bob"]);
    const [bob] = joiners as [TestNode];
    for (const [from, to] of [
      [host, bob],
      [bob, host],
    ] as const) {
      const origin = await party.idOf(from);
      for (const data of SAMPLES) await from.broadcast(data);
      await from.broadcast("end");
      await party.hears(to, origin, "end");
      same(messagesFrom(to, origin), [...SAMPLES, "end"], `from ${from.name} to ${to.name}`);
      same(messagesFrom(from, origin), [], `what ${from.name} hears of itself`);
    }
  }),
  story("a joiner's message reaches every other node, once, with its true origin", async (party) => {
    const { host, joiners } = await party.gather(["bob", "carol", "dave"]);
    const [bob, ...others] = joiners as [TestNode, ...TestNode[]];
    const origin = await party.idOf(bob);
    for (const data of SAMPLES) await bob.broadcast(data);
    await bob.broadcast("end");
    for (const node of [host, ...others]) {
      await party.hears(node, origin, "end");
      same(
        heard(node, "messageReceived").map(([from, data]) => [from, data]),
        [...SAMPLES, "end"].map((data) => [origin, data]),
        `at ${node.name}`,
      );
    }
    same(heard(bob, "messageReceived"), [], "at the sender");
  }),
  story("sendTo reaches that node alone, from each to each", async (party) => {
    const { host, joiners } = await party.gather(["bob", "carol"]);
    const all = [host, ...joiners];
    const ids = await Promise.all(all.map((node) => party.idOf(node)));
    const expected = all.map((): unknown[] => []);
    for (const [i, from] of all.entries()) {
      for (const [j, to] of all.entries()) {
        if (i === j) continue;
        const data = `from ${from.name} to ${to.name}`;
        await from.sendTo(ids[j]!, data);
        expected[j]!.push([ids[i], data]);
        await party.hears(to, ids[i]!, data);
      }
    }
    // What was going to arrive elsewhere has arrived before these.
    for (const [i, node] of all.entries()) {
      await node.broadcast("end");
      for (const other of all) if (other !== node) await party.hears(other, ids[i]!, "end");
    }
    for (const [j, node] of all.entries()) {
      const direct = heard(node, "messageReceived")
        .map(([from, data]) => [from, data])
        .filter(([, data]) => data !== "end");
      same(direct, expected[j], `at ${node.name}`);
    }
  }),
  story("sendTo to an id that is not in the network is refused", async (party) => {
    const { host } = await party.gather(["bob"]);
    await party.rejectsWith("unknown-node", host.sendTo("nobody", 1));
  }),
  story("sending while not connected is refused", async (party) => {
    const alone = await party.node("alone");
    await party.rejectsWith("not-connected", alone.broadcast("hello"));
  }),
  story("messages of everybody at once arrive exactly once and in order of their sender", async (party) => {
    const { host, joiners } = await party.gather(["bob", "carol", "dave"]);
    const all = [host, ...joiners];
    for (const data of numbered(PER_NODE)) for (const node of all) await node.broadcast(data);
    for (const from of all) {
      const origin = await party.idOf(from);
      for (const to of all) {
        if (to === from) continue;
        await party.hears(to, origin, { i: PER_NODE - 1 });
        same(messagesFrom(to, origin), numbered(PER_NODE), `from ${from.name} at ${to.name}`);
      }
    }
  }),
  story("states come with their true origin, and never an older one after a newer one", async (party) => {
    const { host, joiners } = await party.gather(["bob", "carol"]);
    const all = [host, ...joiners];
    for (let i = 0; i < STATES; i++) {
      for (const node of all) await node.broadcastState({ i, by: node.name });
      await party.sleep(20);
    }
    await party.sleep(500);
    for (const from of all) {
      const origin = await party.idOf(from);
      for (const to of all) {
        if (to === from) continue;
        const states = heard(to, "stateReceived")
          .filter(([id]) => id === origin)
          .map(([, data]) => data as { i: number; by: string });
        // A lossy network may take some; one in four is far worse than any that is played over.
        check(states.length > STATES / 4, `${to.name} got ${states.length} of ${STATES} states of ${from.name}`);
        check(
          states.every(({ by }) => by === from.name),
          `${to.name} got states of others as ${from.name}'s`,
        );
        check(
          states.every(({ i }, at) => at === 0 || i > states[at - 1]!.i),
          `${to.name} got older states of ${from.name} after newer ones`,
        );
      }
    }
  }),
  story("with autoRelay off the host passes nothing on for a star; a mesh does not need it", async (party) => {
    const { host, joiners } = await party.gather(["bob", "carol"], { autoRelay: false });
    const [bob, carol] = joiners as [TestNode, TestNode];
    const origin = await party.idOf(bob);
    const carolId = await party.idOf(carol);
    await bob.sendTo(carolId, "for carol");
    await bob.broadcast("for all");
    await party.hears(host, origin, "for all");
    await host.broadcast("end");
    await party.hears(carol, await party.idOf(host), "end");
    if (party.topology === "mesh") await party.hears(carol, origin, "for all");
    const [atHost, atCarol] =
      party.topology === "mesh" ? [["for all"], ["for carol", "for all"]] : [["for carol", "for all"], []];
    same(
      [messagesFrom(host, origin), messagesFrom(carol, origin)],
      [atHost, atCarol],
      "what host and carol hear of bob",
    );
  }),
];
