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

/** Where time is measured a test is alone; all others spend most of theirs in waiting, several at once. */
const isTimed = (name: string): boolean => /refused at once|killed|lost/.test(name);
const inTurn = [...names].sort((left, right) => Number(isTimed(left)) - Number(isTimed(right)));

for (const cast of CASTS) {
  describe(`a star whose host is ${cast[0]}`, () => {
    for (const name of inTurn) {
      const killed = /killed|lost/.test(name) ? ["host", "bob"] : [];
      // Firefox would have to be killed as a whole, again and again: death.test.ts does it once.
      const isSkipped = killed.length > 0 && cast[0] === "firefox";
      (isTimed(name) ? test.skipIf(isSkipped) : test.concurrent)(name, async ({ scene }) => {
        await topologyAcceptance(() => acceptanceContext(scene, cast, killed))[names.indexOf(name)]?.run();
      });
    }
  });
}
