import { drawNetworkCode } from "@clayground/protocol";
import { afterAll, describe, expect } from "vitest";
import { Ensemble } from "../harness/ensemble.ts";
import { startStallingHost } from "../harness/raw/stalling-host.ts";
import type { StallPoint } from "../harness/raw/stalling-host.ts";
import { startSilentServer } from "../harness/servers/loopback.ts";
import { startMuteSignaling } from "../harness/servers/scripted-signaling.ts";
import { NODE_KINDS, testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";
import type { TestNode } from "../harness/test-node.ts";

const test = testOnStage();
const ensemble = new Ensemble();
afterAll(() => ensemble.close());

/** How an attempt under way can be ended, and what its promise then says. */
const ENDINGS = {
  "leave()": { code: "aborted", status: "disconnected" },
  "an aborted signal": { code: "aborted", status: "disconnected" },
  "a timeout": { code: "timeout", status: "error" },
} as const;
type Ending = keyof typeof ENDINGS;

/** Longer than any point takes to be reached, short enough to wait for. */
const TIMEOUT_MS = 800;

/** A place where an attempt waits for ever. */
interface Stall {
  signalingUrl: string;
  code: string;
  /** Resolves when the next attempt is at the point. */
  reached(): Promise<void>;
}

async function stallInSignaling(scene: Scene, start: typeof startMuteSignaling): Promise<Stall> {
  const server = await scene.keep(start());
  return { signalingUrl: server.url, code: "NQBQDY", reached: () => server.reached() };
}

async function stallAtHost(scene: Scene, point: StallPoint): Promise<Stall> {
  const host = await scene.keep(startStallingHost(scene.signalingUrl, drawCode(), point));
  return { signalingUrl: scene.signalingUrl, code: host.code, reached: () => host.reached() };
}

/** Tests run at the same time on one server: each host needs a code of its own. */
function drawCode(): string {
  return drawNetworkCode((count) => crypto.getRandomValues(new Uint8Array(count)));
}

const STALLS: Record<string, { hosting: boolean; stall: (scene: Scene) => Promise<Stall> }> = {
  "before the socket opens": { hosting: true, stall: (scene) => stallInSignaling(scene, startSilentServer) },
  "before OPEN": { hosting: true, stall: (scene) => stallInSignaling(scene, startMuteSignaling) },
  "before the answer": { hosting: false, stall: (scene) => stallAtHost(scene, "before the answer") },
  "during ICE": { hosting: false, stall: (scene) => stallAtHost(scene, "during ICE") },
  "before the data channels": { hosting: false, stall: (scene) => stallAtHost(scene, "before the data channels") },
};

async function end(node: TestNode, ending: Ending): Promise<void> {
  if (ending === "leave()") await node.leave();
  if (ending === "an aborted signal") await node.abort();
}

async function attempt(node: TestNode, method: "host" | "join", stall: Stall, ending: Ending): Promise<void> {
  const options = { signalingUrl: stall.signalingUrl, connectionTimeout: ending === "a timeout" ? TIMEOUT_MS : 0 };
  const reached = stall.reached();
  const outcome = (method === "host" ? node.host(options) : node.join(stall.code, options)).then(
    () => "connected",
    (error: unknown) => error,
  );
  await Promise.race([reached, outcome]);
  await end(node, ending);
  const { code, status } = ENDINGS[ending];
  expect(await outcome).toMatchObject({ name: "NetworkError", code });
  expect(await node.snapshot()).toMatchObject({ status, connected: false, nodeCount: 0, nodes: [] });
}

for (const kind of NODE_KINDS) {
  describe(`a ${kind} node that gives up`, () => {
    for (const [point, { hosting, stall: makeStall }] of Object.entries(STALLS)) {
      test.concurrent(`${point}, in whatever way, leaves nothing and can go on`, async ({ scene }) => {
        const node = await ensemble.node(scene, kind);
        const stall = await makeStall(scene);
        for (const method of hosting ? (["host", "join"] as const) : (["join"] as const)) {
          for (const ending of Object.keys(ENDINGS) as Ending[]) {
            const when = `after ${method}() ended by ${ending} ${point}`;
            await attempt(node, method, stall, ending);
            await node.holdsNothing(when);
          }
        }
        const timeouts = (await node.events()).filter(({ name }) => name === "connectionTimedOut");
        expect(timeouts).toHaveLength(hosting ? 2 : 1);

        const friend = await ensemble.node(scene, "node");
        const works = { signalingUrl: scene.signalingUrl, connectionTimeout: 15_000 };
        await friend.join(await node.host(works), works);
        await node.leave();
        await friend.leave();
        await node.join(await friend.host(works), works);
        await node.leave();
        await node.holdsNothing("after a network that worked");
      });
    }
  });
}
