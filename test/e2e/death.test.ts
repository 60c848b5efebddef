import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { NODE_KINDS, testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";
import type { NodeKind, TestNode } from "../harness/test-node.ts";
import { together } from "../harness/together.ts";

const test = testOnStage();

/** How soon a death must be known. */
const NOTICED_WITHIN_MS = 5000;
/** Longer than any limit by which a node may be taken for dead. */
const LONG_SILENCE_MS = 10_000;

/** All three tests mostly wait, so they do it at once: but nobody dies before the nodes of all of them are up. */
const allUp = together();
/** Starting six browsers takes a busy machine its time. */
const PATIENT = { timeout: 60_000 };

interface Party {
  victim: TestNode;
  victimId: string;
  others: TestNode[];
}

/** One network for each kind of victim, all of them up before anybody dies. */
function parties(scene: Scene, victimIs: "host" | "joiner"): Promise<Party[]> {
  const gather = async (kind: NodeKind): Promise<Party> => {
    const victim = await scene.doomed(kind);
    const others = await scene.nodes(NODE_KINDS);
    const [host, ...joiners] = (victimIs === "host" ? [victim, ...others] : [...others, victim]) as [
      TestNode,
      ...TestNode[],
    ];
    const code = await host.host();
    await Promise.all(joiners.map((joiner) => joiner.join(code)));
    await Promise.all(others.map((node) => node.waitFor({ property: "nodeCount", is: 4 })));
    return { victim, victimId: await victim.id(), others };
  };
  return Promise.all(NODE_KINDS.map(gather));
}

/** Networks of two, one of whom is in a page that is hidden and throttled: as joiner, and as host. */
async function hiddenPairs(scene: Scene): Promise<[host: TestNode, joiner: TestNode][]> {
  const tabs: (() => ReturnType<Scene["tab"]>)[] = [
    // What a browser really does to a hidden tab with a data channel: its timers fire once a second.
    () => scene.tab({ kind: "chromium", throttlesHiddenPages: true }),
    () => scene.tab({ kind: "firefox", throttlesHiddenPages: true }),
    // The most that a browser may do (once a minute), made in the page: browsers spare pages with data channels from it.
    () => scene.tab({ kind: "chromium" }, {}, { minuteTimers: true }),
  ];
  const pairs: [TestNode, TestNode][] = [];
  const pages = [];
  for (const open of tabs) {
    const [slowJoiner, slowHost] = await Promise.all([open(), open()]);
    const [host, joiner] = (await scene.nodes(["node", "node"])) as [TestNode, TestNode];
    await slowJoiner.node.join(await host.host());
    await joiner.join(await slowHost.node.host());
    pairs.push([host, slowJoiner.node], [slowHost.node, joiner]);
    pages.push(slowJoiner.tab, slowHost.tab);
  }
  for (const page of pages) await page.hide();
  return pairs;
}

test.concurrent(
  "a host that dies (process or browser killed, tab crashed) is missed by every joiner within 5 s",
  PATIENT,
  async ({ scene }) => {
    const all = await allUp(parties(scene, "host"));
    await Promise.all(
      all.map(async ({ victim, victimId, others }) => {
        await victim.kill();
        await Promise.all(
          others.map((joiner) => joiner.waitFor({ property: "status", is: "error" }, NOTICED_WITHIN_MS)),
        );
        for (const joiner of others) {
          const between = `${victim.kind} host, ${joiner.kind} joiner`;
          await joiner.waitFor({ event: "nodeLeft", args: [victimId] });
          const [message, error] = (await joiner.waitFor({ event: "errorOccurred" }))?.args ?? [];
          expect(error, between).toMatchObject({ code: "host-lost", message });
          expect(await joiner.snapshot(), between).toMatchObject({ connected: false, nodes: [], nodeCount: 0 });
        }
      }),
    );
  },
);

test.concurrent(
  "a joiner that dies (process or browser killed, tab crashed) leaves every roster within 5 s",
  PATIENT,
  async ({ scene }) => {
    const all = await allUp(parties(scene, "joiner"));
    await Promise.all(
      all.map(async ({ victim, victimId, others }) => {
        await victim.kill();
        await Promise.all(
          others.map((node) => node.waitFor({ event: "nodeLeft", args: [victimId] }, NOTICED_WITHIN_MS)),
        );
        for (const node of others) {
          expect(await node.snapshot(), `${victim.kind} died, ${node.kind} stays`).toMatchObject({
            status: "connected",
            nodeCount: 3,
          });
          expect((await node.snapshot()).nodes).not.toContain(victimId);
        }
      }),
    );
  },
);

test.concurrent(
  "a page whose timers are throttled is not taken for dead, as joiner and as host",
  PATIENT,
  async ({ scene }) => {
    const pairs = await allUp(hiddenPairs(scene));
    await delay(LONG_SILENCE_MS);

    for (const [host, joiner] of pairs) {
      const between = `${host.kind} host, ${joiner.kind} joiner`;
      expect(await host.snapshot(), between).toMatchObject({ status: "connected", nodeCount: 2 });
      expect(await joiner.snapshot(), between).toMatchObject({ status: "connected", nodeCount: 2 });
      await host.broadcast("still there?");
      await joiner.broadcast("yes");
      await joiner.waitFor({ event: "messageReceived", args: [await host.id(), "still there?"] });
      await host.waitFor({ event: "messageReceived", args: [await joiner.id(), "yes"] });
      const gone = [...(await host.events()), ...(await joiner.events())].filter(({ name }) =>
        /nodeLeft|errorOccurred/.test(name),
      );
      expect(gone, between).toEqual([]);
    }
  },
);
