import { describe, expect, vi } from "vitest";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";
import { startHttpProxy } from "../harness/servers/http-proxy.ts";
import { serveProject } from "../harness/servers/project.ts";
import { startSignaling } from "../harness/servers/signaling.ts";
import type { NodeKind, TestNode } from "../harness/test-node.ts";

const test = testOnStage();

/** A server that is taken away during a game and comes back on the same port. */
interface Server {
  stop(): Promise<void>;
  /** Resolves once it is back, and its pages know it. */
  restart(): Promise<void>;
  player(kind: NodeKind): Promise<TestNode>;
}

/** Browsers' nodes live in its own pages, with live reload, as when a game is developed. */
async function devServer(scene: Scene, overHttp: boolean): Promise<Server> {
  const project = await scene.keep(serveProject());
  const upgrades = overHttp ? "answered with 400" : "passed on";
  const proxy = await scene.keep(startHttpProxy({ target: project.port, upgrades }));
  const page = project.nodePage("127.0.0.1", proxy.port);
  /** Pages of one browser share a stream of changes. */
  const listening = (times: number): Promise<void> =>
    vi.waitFor(() => expect(proxy.served("/events")).toBeGreaterThanOrEqual(times * 2), { timeout: 15_000 });
  return {
    stop: async () => {
      await listening(1);
      await project.stop();
    },
    restart: async () => {
      await project.restart();
      await listening(2);
    },
    player: async (kind) =>
      kind === "node"
        ? scene.node(kind, { signalingUrl: `ws://127.0.0.1:${project.port}/peerjs` })
        : (await scene.tab({ kind }, {}, { page })).node,
  };
}

async function signalingServer(scene: Scene, overHttp: boolean): Promise<Server> {
  const signaling = await startSignaling();
  await scene.keep({ close: () => signaling.stop() });
  const target = Number(new URL(signaling.url).port);
  const upgrades = "answered with 400";
  const way = overHttp ? await scene.keep(startHttpProxy({ target, upgrades })) : signaling;
  return {
    ...signaling,
    player: (kind) => scene.node(kind, { signalingUrl: kind === "node" ? signaling.url : way.url }),
  };
}

describe.concurrent("nobody in a game notices that the server is restarted, and new ones join", () => {
  for (const [name, start, overHttp, kinds] of [
    ["clay-dev-server", devServer, false, ["chromium", "firefox", "node", "chromium"]],
    ["clay-dev-server, signaling over HTTP", devServer, true, ["firefox", "chromium", "node", "firefox"]],
    ["the signaling server", signalingServer, false, ["node", "chromium", "firefox", "node"]],
    ["the signaling server, over HTTP", signalingServer, true, ["chromium", "node", "firefox", "firefox"]],
  ] as const) {
    test(`${name}: a ${kinds[0]} host with ${kinds[1]} and ${kinds[2]}, then ${kinds[3]}`, async ({ scene }) => {
      const server = await start(scene, overHttp);
      const players = await Promise.all(kinds.slice(0, 3).map((kind) => server.player(kind)));
      const [host, ...joiners] = players as [TestNode, ...TestNode[]];
      const code = await host.host();
      await Promise.all(joiners.map((joiner) => joiner.join(code)));
      await Promise.all(players.map((player) => player.waitFor({ property: "nodeCount", is: 3 })));

      await server.stop();
      await host.waitFor({ event: "errorOccurred" });
      await everybodyTalks(players, "while it is gone");
      const started = performance.now();
      await server.restart();
      await everybodyTalks(players, "while it comes back");

      // A page that is loaded once the server is back, as that of somebody who was given the code.
      const newcomer = await server.player(kinds[3]);
      await vi.waitFor(() => newcomer.join(code), { timeout: 10_000, interval: 100 });
      // For people to read: on a loaded machine it says little.
      console.info(`${name}: a new page has joined ${Math.round(performance.now() - started)} ms after the restart`);
      await everybodyTalks([...players, newcomer], "after it");

      for (const player of players) {
        const events = await player.events();
        expect(events.filter(({ name: event }) => event === "nodeLeft")).toEqual([]);
        const states = events.filter(({ name: event }) => event === "statusChanged").map(({ args }) => args[0]);
        expect(states).toEqual([expect.stringMatching(/creating|joining|connecting/), "connected"]);
      }
    });
  }
});

/** Messages and states go from each to all others. */
async function everybodyTalks(players: readonly TestNode[], when: string): Promise<void> {
  for (const player of players) {
    const id = await player.id();
    await player.broadcast({ id, when });
    await player.broadcastState({ id, when });
    for (const other of players) {
      if (other === player) continue;
      await other.waitFor({ event: "messageReceived", args: [id, { id, when }] });
      await other.waitFor({ event: "stateReceived", args: [id, { id, when }] });
    }
  }
}
