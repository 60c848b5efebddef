import { topologyAcceptance } from "@clayground/network/testing";
import { describe } from "vitest";
import { acceptanceContext } from "../harness/acceptance-node.ts";
import { testOnStage } from "../harness/scene.ts";
import type { NodeKind } from "../harness/test-node.ts";

const test = testOnStage();

/** The host's kind first, then bob's, carol's and dave's: every pair meets, whoever hosts. */
const CASTS: readonly (readonly [NodeKind, ...NodeKind[]])[] = [
  ["node", "chromium", "firefox", "node"],
  ["chromium", "node", "chromium", "firefox"],
  ["firefox", "node", "firefox", "chromium"],
];

const names = topologyAcceptance(() => {
  throw new Error("only the names are wanted");
}).map(({ name }) => name);

/** death.test.ts does what these do, with victims of every kind at once: a death takes 5 s. */
const isElsewhere = (name: string): boolean => name.includes("is killed");
/** Where time is measured a test is alone; all others spend most of theirs in waiting, several at once. */
const isTimed = (name: string): boolean => /refused at once|lost/.test(name);
const stories = names
  .filter((name) => !isElsewhere(name))
  .sort((left, right) => Number(isTimed(left)) - Number(isTimed(right)));

for (const cast of CASTS) {
  describe(`a star whose host is ${cast[0]}`, () => {
    for (const name of stories) {
      const killed = name.includes("lost") ? ["host"] : [];
      (isTimed(name) ? test : test.concurrent)(name, async ({ scene }) => {
        await topologyAcceptance(() => acceptanceContext(scene, cast, killed))[names.indexOf(name)]?.run();
      });
    }
  });
}
