import { afterAll, describe, expect } from "vitest";
import { Ensemble } from "../harness/ensemble.ts";
import { startPlainHttpServer } from "../harness/servers/http-server.ts";
import { deadUrl } from "../harness/servers/loopback.ts";
import { startGarbageSignaling } from "../harness/servers/scripted-signaling.ts";
import { startSelfSignedServer } from "../harness/servers/self-signed-server.ts";
import { startSignaling } from "../harness/servers/signaling.ts";
import { NODE_KINDS, testOnStage } from "../harness/scene.ts";
import { PATIENCE_MS, RemoteError, within } from "../harness/test-node.ts";
import type { RemoteFailure, TestNode } from "../harness/test-node.ts";

const test = testOnStage();
const ensemble = new Ensemble();
afterAll(() => ensemble.close());

const UNKNOWN_CODE = "NQBQDY";

/** The attempt must fail with this code, say so in words, and leave the node in status error. */
async function fails(node: TestNode, attempt: () => Promise<unknown>, code: string): Promise<void> {
  const since = (await node.events()).length;
  const outcome = attempt().then(
    () => "no failure",
    (error: unknown) => error,
  );
  const failure = await within(outcome, PATIENCE_MS, () => `nothing came of what should be ${code}`);
  expect(failure, `instead of ${code}`).toBeInstanceOf(RemoteError);
  expect(failure).toMatchObject({ name: "NetworkError", code });
  tellsWhatToDo(failure as RemoteError);
  expect(await node.snapshot()).toMatchObject({ status: "error", connected: false, nodes: [] });
  const seen = await node.waitFor({ event: "errorOccurred", since });
  expect(seen?.args[0]).toBe((failure as RemoteError).message);
  expect(seen?.args[1]).toMatchObject({ code });
}

/** Tries until the code is known again. */
async function joinsAtLast(node: TestNode, code: string): Promise<void> {
  for (;;) {
    const failure = await node.join(code).then(
      () => undefined,
      (error: RemoteError) => error.code,
    );
    if (failure === undefined) return;
    expect(failure).toBe("no-such-network");
  }
}

function tellsWhatToDo({ message, hint }: RemoteFailure | RemoteError): void {
  expect(message).toMatch(/\w+ \w+/);
  expect(hint).toMatch(/\w+ \w+/);
}

for (const kind of NODE_KINDS) {
  describe(`a ${kind} node`, () => {
    test.concurrent("learns that there is no such network", async ({ scene }) => {
      const node = await ensemble.node(scene, kind);
      await fails(node, () => node.join(UNKNOWN_CODE), "no-such-network");
    });

    test.concurrent("learns that the network is full", async ({ scene }) => {
      const host = await ensemble.node(scene, "node", { maxNodes: 2 });
      const [first, second] = (await ensemble.nodes(scene, [kind, kind])) as [TestNode, TestNode];
      const code = await host.host();
      await first.join(code);
      await fails(second, () => second.join(code), "network-full");
    });

    test.concurrent("learns that the signaling server is down", async ({ scene }) => {
      const node = await ensemble.node(scene, kind, { signalingUrl: await deadUrl() });
      await fails(node, () => node.host(), "signaling-unreachable");
      await fails(node, () => node.join(UNKNOWN_CODE), "signaling-unreachable");
    });

    test.concurrent("learns that a web server, not a signaling server, answers", async ({ scene }) => {
      for (const status of [200, 404] as const) {
        const server = await scene.keep(startPlainHttpServer(status));
        const node = await ensemble.node(scene, kind, { signalingUrl: server.url });
        await fails(node, () => node.host(), "signaling-refused");
        await fails(node, () => node.join(UNKNOWN_CODE), "signaling-refused");
      }
    });

    test.concurrent("learns that the server talks garbage", async ({ scene }) => {
      const server = await scene.keep(startGarbageSignaling());
      const node = await ensemble.node(scene, kind, { signalingUrl: server.url });
      await fails(node, () => node.host(), "signaling-invalid");
      await fails(node, () => node.join(UNKNOWN_CODE), "signaling-invalid");
    });

    test.concurrent("learns that the server's certificate is not trusted", async ({ scene }) => {
      const server = await scene.keep(startSelfSignedServer());
      const node = await ensemble.node(scene, kind, { signalingUrl: server.url });
      await fails(node, () => node.host(), "signaling-certificate");
      await fails(node, () => node.join(UNKNOWN_CODE), "signaling-certificate");
    });

    test.concurrent("keeps its network while the server is gone, and lets new nodes in once it is back", async ({
      scene,
    }) => {
      const signaling = await startSignaling();
      await scene.keep({ close: () => signaling.stop() });
      const options = { signalingUrl: signaling.url };
      const [host, joiner, next] = (await ensemble.nodes(scene, [kind, kind, "node"], options)) as [
        TestNode,
        TestNode,
        TestNode,
      ];
      const code = await host.host();
      await joiner.join(code);
      await signaling.stop();

      const lost = await host.waitFor({ event: "errorOccurred" });
      expect(lost?.args[1]).toMatchObject({ code: "signaling-lost" });
      tellsWhatToDo(lost?.args[1] as RemoteFailure);
      expect(await host.snapshot()).toMatchObject({ status: "connected", networkId: code, nodeCount: 2 });
      await joiner.broadcast("anyone?");
      await host.waitFor({ event: "messageReceived", args: [await joiner.id(), "anyone?"] });

      await signaling.restart();
      // The host comes back with a pause of its own choosing: until then the code is unknown.
      await within(joinsAtLast(next, code), 20_000, () => "the code stays unknown");
      expect(await host.snapshot()).toMatchObject({ status: "connected", networkId: code, nodeCount: 3 });
      expect(await joiner.snapshot()).toMatchObject({ status: "connected", nodeCount: 3 });
    });
  });
}
