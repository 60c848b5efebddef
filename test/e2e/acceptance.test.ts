import { topologyAcceptance } from "@clayground/network/testing";
import { afterAll } from "vitest";
import { acceptanceContext } from "../harness/acceptance-node.ts";
import { Ensemble } from "../harness/ensemble.ts";
import { testOnStage } from "../harness/scene.ts";
import type { NodeKind } from "../harness/test-node.ts";

const test = testOnStage();
const ensemble = new Ensemble();
afterAll(() => ensemble.close());

/** The host's kind first, then bob's, carol's and dave's: every pair meets, whoever hosts. */
const CASTS: readonly (readonly [NodeKind, ...NodeKind[]])[] = [
  ["node", "chromium", "firefox", "node"],
  ["chromium", "node", "chromium", "firefox"],
  ["firefox", "node", "firefox", "chromium"],
];

const PERFORMANCES = (["star", "mesh"] as const).flatMap((topology) => CASTS.map((cast) => [topology, cast] as const));

const names = topologyAcceptance(() => {
  throw new Error("only the names are wanted");
}).map(({ name }) => name);

/** death.test.ts does what these do, with victims of every kind at once: a death takes 5 s. */
const isElsewhere = (name: string): boolean => name.includes("is killed");
/** Where a second is measured a test is alone. */
const isTimed = (name: string): boolean => name.includes("refused at once");
/** A death is waited for, within 5 s: these wait together, but while nothing else fills the cores. */
const isDeadly = (name: string): boolean => name.includes("lost");
const isIdle = (name: string): boolean => name.includes("idle");
/** All others wait more than they work, several at once; the longest wait begins first. */
const stories = names.filter((name) => !isElsewhere(name) && !isTimed(name) && !isDeadly(name));
const busy = [...stories.filter(isIdle), ...stories.filter((name) => !isIdle(name))];

function tell(name: string, run: typeof test | typeof test.concurrent): void {
  for (const [topology, cast] of PERFORMANCES) {
    run(`a ${topology} whose host is ${cast[0]}: ${name}`, async ({ scene }) => {
      const killed = isDeadly(name) ? ["host"] : [];
      const stage = {
        node: (kind: NodeKind) => ensemble.node(scene, kind),
        doomed: (kind: NodeKind) => scene.doomed(kind),
      };
      await topologyAcceptance(() => acceptanceContext(stage, cast, killed, topology))[names.indexOf(name)]?.run();
    });
  }
}

for (const name of busy) tell(name, test.concurrent);
for (const name of names.filter(isTimed)) tell(name, test);
for (const name of names.filter(isDeadly)) tell(name, test.concurrent);
