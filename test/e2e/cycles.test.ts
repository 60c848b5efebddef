import { expect } from "vitest";
import { testOnStage } from "../harness/scene.ts";
import type { Memory, TestNode } from "../harness/test-node.ts";

const test = testOnStage();

const CYCLES = 200;
/** Until here caches, pools and compiled code may still grow. */
const SETTLED = 20;
/**
 * The engine compiles hot code after cycle 20 (0.9 MB in Chromium), and the test's own log grows by 0.5 MB; 2.6 MB were seen on
 * a busy machine. A leak of whole networks would be ten times that, and is counted by `retained` besides.
 */
const HEAP_NOISE_BYTES = 4e6;
/** What allocators and threads of libdatachannel keep without leaking it: 6 MB were seen. */
const RSS_NOISE_BYTES = 16e6;
/** The last ones may wait for the engine to look again; a leak would be near 200. */
const FEW = 4;

for (const kinds of [
  ["node", "chromium"],
  ["chromium", "node"],
] as const) {
  test.concurrent(
    `${CYCLES} times host, join and leave cost a ${kinds[0]} host and a ${kinds[1]} joiner nothing that stays`,
    { timeout: 120_000 },
    async ({ scene }) => {
      const nodes = (await scene.nodes(kinds)) as [TestNode, TestNode];
      const [host, joiner] = nodes;
      let settled: Memory[] = [];
      for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
        await joiner.join(await host.host());
        await Promise.all(cycle % 2 === 0 ? [joiner.leave(), host.leave()] : [host.leave(), joiner.leave()]);
        if (cycle === SETTLED) settled = await Promise.all(nodes.map((node) => node.memory()));
      }
      for (const [at, node] of nodes.entries()) {
        await node.holdsNothing("after all cycles");
        const before = settled[at];
        if (!before) throw new Error("nothing was measured");
        const { heapBytes, rssBytes, descriptors, retained } = await node.memory();
        expect(descriptors, `file descriptors of a ${node.kind} node`).toBe(before.descriptors);
        expect(retained, "closed connections still in memory").toBeLessThanOrEqual(FEW);
        expect(heapBytes - before.heapBytes, "growth of the heap").toBeLessThan(HEAP_NOISE_BYTES);
        expect(rssBytes - before.rssBytes, "growth of the process").toBeLessThan(RSS_NOISE_BYTES);
      }
    },
  );
}
