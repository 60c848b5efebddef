import { afterAll, describe, expect } from "vitest";
import { Ensemble } from "../harness/ensemble.ts";
import { NODE_KINDS, testOnStage } from "../harness/scene.ts";
import { within } from "../harness/test-node.ts";
import type { NodeKind, TestNode } from "../harness/test-node.ts";

const test = testOnStage();
const ensemble = new Ensemble();
afterAll(() => ensemble.close());

const SEVEN: readonly NodeKind[] = ["node", "chromium", "firefox", "node", "chromium", "firefox", "node"];
const REFUSED_WITHIN_MS = 1000;
const FREE_WITHIN_MS = 5000;

async function refused(node: TestNode, code: string): Promise<void> {
  const verdict = node.join(code).then(
    () => "let in",
    (error: unknown) => error,
  );
  expect(await within(verdict, REFUSED_WITHIN_MS, () => "no refusal")).toMatchObject({ code: "network-full" });
  expect(await node.snapshot()).toMatchObject({ status: "error", nodeCount: 0, nodes: [] });
  expect((await node.waitFor({ event: "errorOccurred" }))?.args[0]).toBe("Network full");
}

describe("a full network", () => {
  for (const hostKind of ["node", "chromium"] as const) {
    test(`of a ${hostKind} host refuses the ninth node in under a second, whatever its kind`, async ({ scene }) => {
      const host = await ensemble.node(scene, hostKind);
      const joiners = await ensemble.nodes(scene, SEVEN);
      const late = await ensemble.nodes(scene, NODE_KINDS);
      const code = await host.host();
      await Promise.all(joiners.map((joiner) => joiner.join(code)));
      for (const node of late) await refused(node, code);
      expect((await host.snapshot()).nodeCount).toBe(8);
      const seen = (await host.events()).filter(({ name }) => name === "nodeJoined" || name === "errorOccurred");
      expect(seen).toHaveLength(7);
    });
  }

  for (const hostKind of NODE_KINDS) {
    test.concurrent(`of a ${hostKind} host for four lets exactly three of seven simultaneous joiners in`, async ({
      scene,
    }) => {
      const host = await ensemble.node(scene, hostKind, { maxNodes: 4 });
      const joiners = await ensemble.nodes(scene, SEVEN);
      for (let round = 1; round <= 2; round += 1) {
        const code = await host.host();
        const verdicts = await Promise.allSettled(joiners.map((joiner) => joiner.join(code)));
        const inside = joiners.filter((_, at) => verdicts[at]?.status === "fulfilled");
        expect(inside, `round ${round}`).toHaveLength(3);
        for (const verdict of verdicts) {
          if (verdict.status === "rejected") expect(verdict.reason).toMatchObject({ code: "network-full" });
        }
        const ids = await Promise.all(inside.map((joiner) => joiner.id()));
        expect([...(await host.snapshot()).nodes].sort()).toEqual([...ids].sort());
        await Promise.all(inside.map((joiner) => joiner.waitFor({ property: "nodeCount", is: 4 })));
        await Promise.all(joiners.map((joiner) => joiner.leave()));
        await host.leave();
      }
    });
  }

  test("has room again within 5 s when a joiner is killed", async ({ scene }) => {
    const dies = async (kind: NodeKind): Promise<void> => {
      const [host, next] = (await ensemble.nodes(scene, ["node", kind], { maxNodes: 2 })) as [TestNode, TestNode];
      const victim = await scene.doomed(kind);
      const code = await host.host();
      await victim.join(code);
      const victimId = await victim.id();
      await refused(next, code);
      await victim.kill();
      await host.waitFor({ event: "nodeLeft", args: [victimId] }, FREE_WITHIN_MS);
      await next.join(code);
      expect((await host.snapshot()).nodes).toEqual([await next.id()]);
    };
    await Promise.all([dies("node"), dies("chromium")]);
  });
});
