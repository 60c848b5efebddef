import { afterAll, describe, expect } from "vitest";
import { Ensemble } from "../harness/ensemble.ts";
import { NODE_KINDS, testOnStage } from "../harness/scene.ts";
import type { TestNode } from "../harness/test-node.ts";
import { TRICKY_PAYLOADS } from "./payloads.ts";

const test = testOnStage();
const ensemble = new Ensemble();
afterAll(() => ensemble.close());

/** Compared as text, so that the order of keys and the form of numbers count, too. */
async function messages(node: TestNode, from: string): Promise<string[]> {
  const events = await node.events();
  return events
    .filter(({ name, args }) => name === "messageReceived" && args[0] === from)
    .map(({ args }) => JSON.stringify(args[1]));
}

for (const hostKind of NODE_KINDS) {
  for (const joinerKind of NODE_KINDS) {
    test.concurrent(`a ${hostKind} host and two ${joinerKind} joiners exchange messages and states in every direction, exactly`, async ({
      scene,
    }) => {
      const nodes = await ensemble.nodes(scene, [hostKind, joinerKind, joinerKind]);
      const [host, ...joiners] = nodes as [TestNode, ...TestNode[]];
      const code = await host.host();
      for (const joiner of joiners) await joiner.join(code);
      await Promise.all(nodes.map((node) => node.waitFor({ property: "nodeCount", is: 3 })));
      const ids = await Promise.all(nodes.map((node) => node.id()));

      const payloads = Object.values(TRICKY_PAYLOADS);
      for (const node of nodes) {
        for (const payload of payloads) await node.broadcast(payload);
        await node.broadcastState({ x: 1.5, y: -2, name: "Ä" });
      }
      const expected = payloads.map((payload) => JSON.stringify(payload));
      for (const [at, node] of nodes.entries()) {
        for (const from of ids.filter((_, other) => other !== at)) {
          await node.waitFor({ event: "stateReceived", args: [from, { x: 1.5, y: -2, name: "Ä" }] });
          await node.waitFor({ event: "messageReceived", atLeast: 2 * payloads.length });
          expect(await messages(node, from), `what node ${at} got from node ${ids.indexOf(from)}`).toEqual(expected);
        }
      }
    });
  }
}

describe("browsers that hide their addresses, as they do by default", () => {
  for (const kind of ["chromium", "firefox"] as const) {
    // Firefox never finds a node that is bound to loopback, as they are where there is no namespace.
    const isBlind = kind === "firefox" && Boolean(process.env["CLAYGROUND_BIND"]);
    test.skipIf(isBlind)(`${kind} and Node meet, whoever hosts`, async ({ scene }) => {
      const { node: page } = await scene.tab({ kind, hidesAddresses: true });
      const process = await scene.node("node");
      for (const [host, joiner] of [
        [page, process],
        [process, page],
      ] as const) {
        await joiner.join(await host.host());
        await joiner.broadcast("hello");
        await host.waitFor({ event: "messageReceived", args: [await joiner.id(), "hello"] });
        await host.leave();
        await joiner.waitFor({ property: "status", is: "disconnected" });
      }
    });

    test.concurrent(`two ${kind} tabs meet`, async ({ scene }) => {
      const { node: host } = await scene.tab({ kind, hidesAddresses: true });
      const { node: joiner } = await scene.tab({ kind, hidesAddresses: true });
      await joiner.join(await host.host());
      await joiner.broadcast("hello");
      await host.waitFor({ event: "messageReceived", args: [await joiner.id(), "hello"] });
    });
  }
});
