import { expect } from "vitest";
import { digestOf, madeBytes } from "../harness/agent/made-bytes.ts";
import { testOnStage } from "../harness/scene.ts";
import type { TestNode } from "../harness/test-node.ts";

const test = testOnStage();

const MB = 1_000_000;
const COUNT = 20;

/** 100 MB with a pause of 30 s are the same, and take no more: what a side holds is a few messages. */
const PAUSE_MS = 1000;
const MOST_MEMORY_BYTES = 60e6;

for (const kinds of [
  ["node", "chromium"],
  ["chromium", "node"],
  ["node", "firefox"],
] as const) {
  test(
    `${COUNT} MB from a ${kinds[1]} joiner to a ${kinds[0]} host and back, with a pause, arrive intact and take little memory`,
    { timeout: 60_000 },
    async ({ scene }) => {
      const nodes = (await scene.nodes(kinds)) as [TestNode, TestNode];
      const [host, joiner] = nodes;
      await joiner.join(await host.host());
      const ids = await Promise.all(nodes.map(async (node) => (await node.snapshot()).nodeId));
      const before = await Promise.all(nodes.map((node) => node.memory()));
      const expected = Array.from({ length: COUNT }, (_, seed) => digestOf(madeBytes(MB, seed)));
      for (const [from, to] of [
        [1, 0],
        [0, 1],
      ] as const) {
        await nodes[from].pour(ids[to]!, COUNT, MB, PAUSE_MS);
        const heard = (await nodes[to].events(0)).filter(({ name }) => name === "messageReceived");
        expect(heard.map(({ args }) => args[1])).toEqual(expected);
      }
      for (const [at, node] of nodes.entries()) {
        const { peakRssBytes, heapBytes } = await node.memory();
        const { rssBytes, heapBytes: heapBefore } = before[at]!;
        if (peakRssBytes !== undefined && rssBytes !== undefined)
          expect(peakRssBytes - rssBytes, `the most that ${node.kind} took`).toBeLessThan(MOST_MEMORY_BYTES);
        expect(heapBytes - heapBefore, `what stays in ${node.kind}`).toBeLessThan(MOST_MEMORY_BYTES / 2);
      }
    },
  );
}
