import { createHmac } from "node:crypto";
import { createSignalingServer } from "@clayground/signaling-server";
import type { SignalingServer } from "@clayground/signaling-server";
import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import { NODE_KINDS, testOnStage } from "../harness/scene.ts";
import { RawSignalingClient } from "../harness/raw/signaling-client.ts";
import { hasTurnServer, startTurnServer } from "../harness/servers/turn-server.ts";
import type { TurnServer } from "../harness/servers/turn-server.ts";
import { PATIENCE_MS } from "../harness/test-node.ts";
import type { AgentOptions, TestNode } from "../harness/test-node.ts";

const test = testOnStage();
const isMissing = !hasTurnServer();
if (isMissing) console.warn("coturn (turnserver) is missing: TURN credentials are not tested against it");

/** One coturn for each kind of node: what it has refused was that node. */
interface Turn {
  coturn: TurnServer;
  /** Gives out credentials that coturn takes. */
  signaling: SignalingServer;
  /** Has another secret than coturn. */
  forging: SignalingServer;
}

async function startTurn(): Promise<Turn> {
  const coturn = await startTurnServer();
  const [signaling, forging] = await Promise.all(
    [coturn.secret, "a guess"].map((secret) =>
      createSignalingServer({ host: "127.0.0.1", port: 0, turn: { urls: [coturn.url], secret } }),
    ),
  );
  return { coturn, signaling: signaling!, forging: forging! };
}

const DEAF = "NQBQDY";

/**
 * Joins a host that is there, but answers nothing: Chromium gathers no further candidates once it is connected.
 * Resolves when the condition holds.
 */
async function joinUntil(node: TestNode, options: AgentOptions, condition: () => Promise<unknown>): Promise<void> {
  const joining = node.join(DEAF, { ...options, verbose: true, connectionTimeout: 60_000 });
  const outcome = joining.catch((error: unknown) => error);
  await condition();
  await node.abort();
  expect(await outcome).toMatchObject({ code: "aborted" });
}

async function diagnostics(node: TestNode): Promise<unknown[]> {
  return (await node.events()).filter(({ name }) => name === "diagnosticMessage").map(({ args }) => args[1]);
}

describe.skipIf(isMissing).concurrent("TURN credentials that the signaling server hands out", () => {
  let turns: Record<string, Turn>;
  beforeAll(async () => {
    turns = Object.fromEntries(await Promise.all(NODE_KINDS.map(async (kind) => [kind, await startTurn()] as const)));
  });
  afterAll(() =>
    Promise.all(
      Object.values(turns).flatMap(({ coturn, signaling, forging }) => [
        coturn.close(),
        signaling.close(),
        forging.close(),
      ]),
    ),
  );

  for (const kind of NODE_KINDS) {
    test(`a ${kind} node with iceServers "auto" gets a relay from a real coturn, and none with false credentials`, async ({
      scene,
    }) => {
      const { coturn, signaling, forging } = turns[kind]!;
      for (const { url } of [signaling, forging]) await scene.keep(RawSignalingClient.connect(url, DEAF));
      const node = await scene.node(kind, { iceServers: "auto" });
      await joinUntil(node, { signalingUrl: signaling.url }, () =>
        node.waitFor({ event: "diagnosticMessage", args: ["ice", "candidate relay"] }),
      );
      expect(coturn.refusals()).toBe(0);

      const username = `${Math.floor(Date.now() / 1000) - 60}:late`;
      const credential = createHmac("sha1", coturn.secret).update(username).digest("base64");
      for (const options of [
        { iceServers: "auto", signalingUrl: forging.url },
        { iceServers: [{ urls: coturn.url, username, credential }], signalingUrl: signaling.url },
      ] satisfies AgentOptions[]) {
        const refused = await scene.node(kind);
        const before = coturn.refusals();
        await joinUntil(refused, options, () =>
          vi.waitFor(() => expect(coturn.refusals()).toBeGreaterThan(before), { timeout: PATIENCE_MS }),
        );
        expect(await diagnostics(refused)).not.toContain("candidate relay");
      }
    });
  }

  test("a server that has no TURN server is no obstacle, and the application is told", async ({ scene }) => {
    const [host, joiner] = (await scene.nodes(["chromium", "node"])) as [TestNode, TestNode];
    const code = await host.host({ iceServers: "auto" });
    await joiner.join(code);
    const told = await host.waitFor({ event: "errorOccurred" });
    expect(told?.args[1]).toMatchObject({ code: "ice-servers-unavailable" });
  });
});
