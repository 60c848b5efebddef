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

for (const cast of CASTS) {
  describe(`a star whose host is ${cast[0]}`, () => {
    for (const [at, name] of names.entries()) {
      const killed = /killed|lost/.test(name) ? ["host", "bob"] : [];
      // Firefox would have to be killed as a whole, again and again: death.test.ts does it once.
      const isSkipped = killed.length > 0 && cast[0] === "firefox";
      // Most of the time passes in waiting, for several tests as well as for one; but not where time is measured.
      const isTimed = /refused at once|killed|lost/.test(name);
      (isTimed ? test.skipIf(isSkipped) : test.concurrent)(name, async ({ scene }) => {
        await topologyAcceptance(() => acceptanceContext(scene, cast, killed))[at]?.run();
      });
    }
  });
}
