import { afterAll, describe, expect } from "vitest";
import { Ensemble } from "../harness/ensemble.ts";
import { testOnStage } from "../harness/scene.ts";
import type { NodeKind, RecordedEvent } from "../harness/test-node.ts";

const test = testOnStage();
const ensemble = new Ensemble();
afterAll(() => ensemble.close());

const PACE = { statesPerSecond: 20, messagesPerSecond: 5 };
const JOINERS: readonly NodeKind[] = ["chromium", "firefox", "node", "chromium", "firefox", "node", "chromium"];

function numbers(events: RecordedEvent[], name: string, from: string): number[] {
  return events
    .filter((event) => event.name === name && event.args[0] === from)
    .map(({ args }) => (args[1] as { n: number }).n);
}

function play(hostKind: NodeKind, seconds: number): void {
  test.sequential(
    `a ${hostKind} host and seven joiners of mixed kinds play for ${seconds} s and miss nothing`,
    { timeout: 60_000 },
    async ({ scene }) => {
      const host = await ensemble.node(scene, hostKind);
      const joiners = await ensemble.nodes(scene, JOINERS);
      const code = await host.host();
      await Promise.all(joiners.map((joiner) => joiner.join(code)));
      const crowd = [host, ...joiners];
      await Promise.all(crowd.map((node) => node.waitFor({ property: "nodeCount", is: 8 })));
      const ids = await Promise.all(crowd.map((node) => node.id()));

      const played = await Promise.all(crowd.map((node) => node.play({ ...PACE, durationMs: seconds * 1000 })));
      const messages = seconds * PACE.messagesPerSecond;
      expect(played).toEqual(crowd.map(() => ({ messages, states: seconds * PACE.statesPerSecond })));
      await Promise.all(
        crowd.map((node) => node.waitFor({ event: "messageReceived", atLeast: (crowd.length - 1) * messages })),
      );

      const inOrder = Array.from({ length: messages }, (_, at) => at + 1);
      for (const [at, node] of crowd.entries()) {
        const events = await node.events();
        const origins = ids.filter((_, other) => other !== at);
        for (const from of origins) {
          const pair = `${node.kind} from ${crowd[ids.indexOf(from)]?.kind ?? ""}`;
          expect(numbers(events, "messageReceived", from), `messages at ${pair}`).toEqual(inOrder);
          const states = numbers(events, "stateReceived", from);
          const newerOnly = states.every((n, index) => index === 0 || n > (states[index - 1] ?? Infinity));
          expect(newerOnly, `states at ${pair} get only newer: ${states.join(" ")}`).toBe(true);
          expect(states.length, `states at ${pair}`).toBeGreaterThan(0);
        }
        const strangers = events.filter(
          ({ name, args }) => name.endsWith("Received") && !origins.includes(String(args[0])),
        );
        expect(strangers, "nothing from anyone else").toEqual([]);
        expect(events.filter(({ name }) => name === "errorOccurred" || name === "nodeLeft")).toEqual([]);
      }
    },
  );
}

// Two crowds at once leave the cores room; three do not.
describe.concurrent("a crowd", () => {
  play("node", 10);
});
describe.concurrent("another crowd", () => {
  play("chromium", 5);
  play("firefox", 5);
});
