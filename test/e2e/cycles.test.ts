import { expect } from "vitest";
import { testOnStage } from "../harness/scene.ts";
import type { Memory, TestNode } from "../harness/test-node.ts";

const test = testOnStage();

const CYCLES = 200;
/** Until the first of these cycles caches, pools and compiled code may still grow; then memory is looked at after each. */
const LOOKS = [20, 65, 110, 155, CYCLES];
/**
 * The engine compiles hot code after cycle 20 (0.9 MB in Chromium), and the test's own log grows by 0.5 MB; 2.6 MB were seen on
 * a busy machine. A leak of whole networks would be ten times that, and is counted by `retained` besides.
 */
const HEAP_NOISE_BYTES = 4e6;
/**
 * What allocators keep without leaking it, between two looks. They grow in steps: over 1,200 cycles a Node process gained 14 MB in
 * the first 300, 2 MB in the next 400, then 9 MB at once and 2 MB in the last 400, in glibc's one arena as well as in many; on a busy
 * machine 4.6 MB between two looks. A connection that is never closed costs Node 250 kB: one in each cycle 11 MB between two looks,
 * each time; a step comes once. So the median of the four is judged.
 */
const RSS_NOISE_BYTES = 8e6;
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
      const looks: Memory[][] = [];
      for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
        await joiner.join(await host.host());
        await Promise.all(cycle % 2 === 0 ? [joiner.leave(), host.leave()] : [host.leave(), joiner.leave()]);
        if (LOOKS.includes(cycle)) looks.push(await Promise.all(nodes.map((node) => node.memory())));
      }
      for (const [at, node] of nodes.entries()) {
        await node.holdsNothing("after all cycles");
        const seen = looks.map((look) => look[at]!);
        const before = seen[0]!;
        const { heapBytes, descriptors, retained } = await node.memory();
        expect(descriptors, `file descriptors of a ${node.kind} node`).toBe(before.descriptors);
        expect(retained, "closed connections still in memory").toBeLessThanOrEqual(FEW);
        expect(heapBytes - before.heapBytes, "growth of the heap").toBeLessThan(HEAP_NOISE_BYTES);
        const growth = seen.slice(1).map(({ rssBytes }, i) => rssBytes - seen[i]!.rssBytes);
        expect(median(growth), `growth of the process, of ${growth.join(", ")} bytes`).toBeLessThan(RSS_NOISE_BYTES);
      }
    },
  );
}

/** The lower one of the middle two. */
function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)]!;
}
