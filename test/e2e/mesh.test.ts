import { afterAll, describe, expect } from "vitest";
import { Ensemble } from "../harness/ensemble.ts";
import { allDirect, idsIn, messagesFrom } from "../harness/mesh-nodes.ts";
import { testOnStage } from "../harness/scene.ts";
import type { NodeKind, TestNode } from "../harness/test-node.ts";

const test = testOnStage();
const ensemble = new Ensemble();
afterAll(() => ensemble.close());

const JOINERS: readonly NodeKind[] = ["chromium", "firefox", "node", "chromium", "firefox", "node", "chromium"];
const ROUNDS = 5;

/** Rounds of a broadcast, a word to each alone, and a state; what a node says to one is in order with what it says to all. */
async function speak(node: TestNode, others: readonly string[]): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    await node.broadcast({ round });
    await Promise.all(others.map((id) => node.sendTo(id, { round, to: id })));
    await node.broadcastState({ round });
  }
}

function othersThan(ids: readonly string[], at: number): string[] {
  return ids.filter((_, other) => other !== at);
}

/** How much each node has sent to each other, whatever for. */
async function sentBy(nodes: readonly TestNode[]): Promise<{ messages: number; states: number }[][]> {
  const snapshots = await Promise.all(nodes.map((node) => node.snapshot()));
  return snapshots.map(({ peerStats }) =>
    Object.values(peerStats).map(({ msgSent, stateSent }) => ({ messages: msgSent, states: stateSent })),
  );
}

describe("eight nodes of mixed kinds", () => {
  for (const hostKind of ["node", "chromium"] as const) {
    test.concurrent(`with a ${hostKind} host are all connected directly, agree on who is in, and hear everybody once and in order, with nothing passed on by anybody`, async ({
      scene,
    }) => {
      const nodes = await ensemble.nodes(scene, [hostKind, ...JOINERS]);
      const [host, ...joiners] = nodes as [TestNode, ...TestNode[]];
      const code = await host.host({ topology: "mesh" });
      await Promise.all(joiners.map((joiner) => joiner.join(code)));
      const ids = await allDirect(nodes);
      const before = await sentBy(nodes);

      await Promise.all(nodes.map((node, at) => speak(node, othersThan(ids, at))));
      for (const [at, node] of nodes.entries()) {
        for (const from of othersThan(ids, at)) {
          await node.waitFor({ event: "messageReceived", args: [from, { round: ROUNDS, to: ids[at] }] });
          await node.waitFor({ event: "stateReceived", args: [from, { round: ROUNDS }] });
        }
        const events = await node.events();
        const expected = Array.from({ length: ROUNDS }, (_, round) => [
          { round: round + 1 },
          { round: round + 1, to: ids[at] },
        ]).flat();
        for (const from of othersThan(ids, at)) expect(messagesFrom(events, from)).toEqual(expected);
        expect(idsIn(events, "nodeJoined").sort()).toEqual(othersThan(ids, at).sort());
        expect(events.filter(({ name }) => name === "nodeLeft" || name === "errorOccurred")).toEqual([]);
      }
      const own = { messages: 2 * ROUNDS, states: ROUNDS };
      for (const [at, links] of (await sentBy(nodes)).entries()) {
        const since = links.map(({ messages, states }, other) => ({
          messages: messages - before[at]![other]!.messages,
          states: states - before[at]![other]!.states,
        }));
        expect(since, `what node ${at} sent to each other`).toEqual(links.map(() => own));
      }
    });
  }
});
