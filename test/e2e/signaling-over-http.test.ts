import { createSignalingServer } from "@clayground/signaling-server";
import type { SignalingServer } from "@clayground/signaling-server";
import { PeerServer } from "peer";
import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";
import { RawSignalingClient } from "../harness/raw/signaling-client.ts";
import { startHttpProxy } from "../harness/servers/http-proxy.ts";
import { serveProject } from "../harness/servers/project.ts";
import type { ServedProject } from "../harness/servers/project.ts";
import { PATIENCE_MS } from "../harness/test-node.ts";
import type { TestNode } from "../harness/test-node.ts";

const test = testOnStage();
const BROWSERS = ["chromium", "firefox"] as const;
const LOOPBACK = "127.0.0.1";

let plain: ServedProject;
let secure: ServedProject;
/** An id whose connection broke is kept for longer than any test waits: only a good-bye frees it. */
let alone: SignalingServer;
beforeAll(async () => {
  [plain, secure, alone] = await Promise.all([
    serveProject(),
    serveProject({ https: true }),
    createSignalingServer({ host: LOOPBACK, port: 0, departedPeerMs: 60_000 }),
  ]);
});
afterAll(() => Promise.all([plain, secure, alone].map((server) => server.close())));

async function meet(host: TestNode, joiner: TestNode): Promise<string> {
  const code = await host.host();
  await timedJoin(joiner, code);
  await talk(host, joiner);
  return code;
}

/** The time is for people to read: on a loaded machine it says nothing. */
async function timedJoin(joiner: TestNode, code: string): Promise<void> {
  const started = performance.now();
  await joiner.join(code);
  console.info(`${joiner.kind} joined over HTTP in ${Math.round(performance.now() - started)} ms`);
}

async function talk(one: TestNode, other: TestNode): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const id = await from.id();
    await from.broadcast({ said: "by", id });
    await to.waitFor({ event: "messageReceived", args: [id, { said: "by", id }] });
  }
}

describe.concurrent("where something on the way lets no WebSocket through", () => {
  for (const [at, kind] of BROWSERS.entries()) {
    const other = BROWSERS[1 - at]!;

    for (const [name, project, upgrades] of [
      ["http, by an answer", () => plain, "answered with 400"],
      ["http, by cutting it", () => plain, "cut"],
      ["https, by an answer", () => secure, "answered with 400"],
      ["https, by cutting it as iPhones do", () => secure, "cut"],
    ] as const) {
      test(`over ${name}: a ${kind} page hosts, and a ${other} page joins, all by themselves`, async ({ scene }) => {
        const target = project();
        const proxy = await scene.keep(startHttpProxy({ target: target.port, secure: target.secure, upgrades }));
        const page = target.nodePage(LOOPBACK, proxy.port);
        const [host, joiner] = await Promise.all(
          [kind, other].map(
            async (each) => (await scene.tab({ kind: each, acceptsCertificates: true }, {}, { page })).node,
          ),
        );
        const code = await meet(host!, joiner!);
        expect(proxy.refused).toBe(2);
        if (target.secure) return;
        // Who has a WebSocket meets those who have none.
        const node = await scene.node("node", { signalingUrl: `ws://${LOOPBACK}:${target.port}/peerjs` });
        await node.join(code);
        await talk(node, host!);
      });
    }

    test(`a ${kind} host is joinable again after the server was restarted`, async ({ scene }) => {
      const server = await scene.keep(serveProject());
      const proxy = await scene.keep(startHttpProxy({ target: server.port, upgrades: "answered with 400" }));
      const host = await scene.node(kind, { signalingUrl: proxy.url });
      const code = await host.host();
      await server.restart();
      await host.waitFor({ event: "errorOccurred" });
      const joiner = await scene.node(other, { signalingUrl: proxy.url });
      await joinsAtLast(joiner, code);
      await talk(host, joiner);
    });

    // Of Firefox's tabs that are closed, half send nothing any more (no beacon either): their ids are free 5 s later.
    for (const end of kind === "firefox" ? (["left"] as const) : (["left", "closed"] as const)) {
      test(`a ${kind} page that is ${end} frees its id`, async ({ scene }) => {
        const proxy = await scene.keep(startHttpProxy({ target: alone.port, upgrades: "answered with 400" }));
        const { node, tab } = await scene.tab({ kind }, { signalingUrl: proxy.url });
        const code = await node.host();
        expect(alone.peers()).toContain(code);
        await (end === "left" ? tab.leavePage() : tab.dispose());
        // Another token than the page's: it gets no id but one that was given up.
        const stranger = (): Promise<RawSignalingClient> => RawSignalingClient.connect(alone.url, code);
        await scene.keep(vi.waitFor(stranger, { timeout: PATIENCE_MS, interval: 50 }));
      });
    }

    test(`a ${kind} page says that it was refused where the server knows no signaling over HTTP`, async ({ scene }) => {
      const { port } = await startPeerServer(scene);
      const proxy = await scene.keep(startHttpProxy({ target: port, upgrades: "answered with 400" }));
      const node = await scene.node(kind, { signalingUrl: proxy.url });
      const failure = { name: "NetworkError", code: "signaling-refused", hint: expect.stringMatching(/\w+ \w+/) };
      await expect(node.host()).rejects.toMatchObject(failure);
      await expect(node.join("NQBQDY")).rejects.toMatchObject(failure);
      expect(proxy.refused).toBe(2);
    });
  }

  test("a Node process, which has nothing on the way but cannot do without, says that it was refused", async ({
    scene,
  }) => {
    const proxy = await scene.keep(startHttpProxy({ target: plain.port, upgrades: "answered with 400" }));
    const node = await scene.node("node", { signalingUrl: proxy.url });
    await expect(node.host()).rejects.toMatchObject({ code: "signaling-refused" });
  });
});

/** The host comes back with a pause of its own choosing: until then the code is unknown. */
async function joinsAtLast(joiner: TestNode, code: string): Promise<void> {
  await vi.waitFor(() => joiner.join(code), { timeout: PATIENCE_MS, interval: 100 });
}

async function startPeerServer(scene: Scene): Promise<{ port: number }> {
  return new Promise((resolve, reject) => {
    const app = PeerServer({ host: LOOPBACK, port: 0, path: "/" }, (server) => {
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new Error("no port"));
      void scene.keep({
        close: () => {
          if ("closeAllConnections" in server) server.closeAllConnections();
          server.close();
        },
      });
      resolve({ port: address.port });
    });
    app.on("error", reject);
  });
}
