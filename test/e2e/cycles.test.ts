import { expect } from "vitest";
import { testOnStage } from "../harness/scene.ts";
import type { Holdings, Memory, TestNode } from "../harness/test-node.ts";

const test = testOnStage();

const CYCLES = 200;
/** Until here caches, pools and compiled code may still grow. */
const SETTLED = 20;
/** Noise of a garbage-collected heap over 180 cycles; one leaked connection each would be more. */
const HEAP_NOISE_BYTES = 1.5e6;
/** Memory that allocators and threads of libdatachannel keep without leaking it. */
const RSS_NOISE_BYTES = 24e6;

async function measure(node: TestNode): Promise<Holdings & Memory> {
  return { ...(await node.holdings()), ...(await node.memory()) };
}

for (const kind of ["node", "chromium"] as const) {
  test(`${CYCLES} times host, join and leave cost a ${kind} node nothing that stays`, { timeout: 120_000 }, async ({ scene }) => {
    const nodes = (await scene.nodes([kind, kind])) as [TestNode, TestNode];
    const [host, joiner] = nodes;
    let settled: (Holdings & Memory)[] = [];
    for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
      await joiner.join(await host.host());
      await Promise.all(cycle % 2 === 0 ? [joiner.leave(), host.leave()] : [host.leave(), joiner.leave()]);
      if (cycle === SETTLED) settled = await Promise.all(nodes.map(measure));
    }
    for (const [at, node] of nodes.entries()) {
      const before = settled[at];
      const after = await measure(node);
      if (!before) throw new Error("nothing was measured");
      const { heapBytes, rssBytes, ...handles } = after;
      expect(handles, node === host ? "host" : "joiner").toMatchObject({
        peerConnections: 0,
        sockets: 0,
        timers: 0,
        others: [],
        descriptors: before.descriptors,
      });
      expect(heapBytes - before.heapBytes, "growth of the heap").toBeLessThan(HEAP_NOISE_BYTES);
      expect(rssBytes - before.rssBytes, "growth of the process").toBeLessThan(RSS_NOISE_BYTES);
    }
  });
}
