import { describe, expect } from "vitest";
import { NODE_KINDS, testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";
import type { AgentOptions, TestNode } from "../harness/test-node.ts";
import { NativeAppProcess } from "../interop/native-app-process.ts";

const test = testOnStage();

/** A host that nobody looks for. */
const LAN: AgentOptions = { signalingMode: "local", signalingUrl: "", advertise: false };

/** How long a refusal may take: not the 15 s of a timeout. */
const AT_ONCE_MS = 1000;

/** Lost without a farewell. */
const DEATH_MS = 5000;

function startApp(scene: Scene): Promise<NativeAppProcess> {
  return scene.keep(NativeAppProcess.start());
}

describe.concurrent("a native app joins a LAN host of ours in Node", () => {
  test("and they exchange messages and states, and hear of each other's joiners, with the right origin", async ({
    scene,
  }) => {
    const [host, ours] = (await scene.nodes(["node", "node"])) as [TestNode, TestNode];
    const [app, second] = await Promise.all([startApp(scene), startApp(scene)]);
    const code = await host.host(LAN);
    const appId = await app.join(code);
    await ours.join(code);
    const ourId = await ours.id();
    const secondId = await second.join(code);
    for (const nodeId of [ourId, secondId]) await app.waitFor("playerJoined", { nodeId });
    for (const nodeId of [appId, ourId]) await second.waitFor("playerJoined", { nodeId });
    await ours.waitFor({ property: "nodes", is: ["HOST", appId, secondId] });

    await host.broadcast({ by: "host" });
    await ours.broadcast({ by: "ours", uni: "äö€🙂" });
    app.broadcast({ by: "app", nul: null, list: [1, { two: 2 }] });
    for (const [from, data] of [
      ["HOST", { by: "host" }],
      [ourId, { by: "ours", uni: "äö€🙂" }],
    ] as const) {
      await app.waitFor("messageReceived", { from, data });
      await second.waitFor("messageReceived", { from, data });
    }
    const byApp = { by: "app", list: [1, { two: 2 }], nul: null };
    for (const node of [host, ours]) await node.waitFor({ event: "messageReceived", args: [appId, byApp] });
    await second.waitFor("messageReceived", { from: appId });

    await host.broadcastState({ x: 1 });
    await ours.broadcastState({ x: 2 });
    app.broadcastState({ x: 3 });
    for (const [from, data] of [
      ["HOST", { x: 1 }],
      [ourId, { x: 2 }],
    ] as const)
      await app.waitFor("stateReceived", { from, data });
    for (const node of [host, ours]) await node.waitFor({ event: "stateReceived", args: [appId, { x: 3 }] });
    await second.waitFor("stateReceived", { from: appId, data: { x: 3 } });
    expect(app.frames("received", "state", "HOST"), "states go over the lossy channel").toHaveLength(2);

    await host.sendTo(appId, { only: "app" });
    await app.waitFor("messageReceived", { from: "HOST", data: { only: "app" } });
    await ours.sendTo(appId, { only: "app, too" });
    await app.waitFor("messageReceived", { from: ourId, data: { only: "app, too" } });
    app.sendTo("HOST", { only: "host" });
    await host.waitFor({ event: "messageReceived", args: [appId, { only: "host" }] });

    // It has answered a ping, and ours has answered its own.
    await app.waitFor("latencyChanged");
    second.leave();
    await host.waitFor({ event: "nodeLeft", args: [secondId] });
    await ours.waitFor({ event: "nodeLeft", args: [secondId] });
    await app.waitFor("playerLeft", { nodeId: secondId });
    await ours.leave();
    await app.waitFor("playerLeft", { nodeId: ourId });
    await host.leave();
    await app.waitFor("playerLeft", { nodeId: "HOST" });
    await host.holdsNothing("after it has left");
  });

  test("hears at once that the network is full, and its death is noticed", async ({ scene }) => {
    const host = await scene.node("node");
    const [app, late] = await Promise.all([startApp(scene), startApp(scene)]);
    const code = await host.host({ ...LAN, maxNodes: 2 });
    const id = await app.join(code);
    late.tell({ do: "join", code, options: {} });
    await late.waitFor("connectionPhaseChanged", { phase: "ice" });
    await late.waitFor("errorOccurred", { message: "Network full" }, AT_ONCE_MS);
    expect((await host.snapshot()).nodes).toEqual([id]);
    await app.kill();
    await host.waitFor({ event: "nodeLeft", args: [id] }, DEATH_MS);
    late.leave();
    await late.join(code);
  });
});

describe.concurrent("ours joins a native app's LAN host", () => {
  test("from Node, Chromium and Firefox, with another native app there", async ({ scene }) => {
    const [host, app, late, ...nodes] = await Promise.all([
      startApp(scene),
      startApp(scene),
      scene.node("node"),
      ...NODE_KINDS.map((kind) => scene.node(kind)),
    ]);
    const code = await host.host({ local: true, maxNodes: 5 });
    const appId = await app.joinAnother(code);
    // In the order in which a person would read it out.
    await Promise.all(nodes.map((node) => node.join(` ${code.toLowerCase()} `)));
    await Promise.all(nodes.map((node) => node.waitFor({ property: "nodeCount", is: 5 })));
    const ids = await Promise.all(nodes.map((node) => node.id()));
    for (const nodeId of ids) await app.waitFor("playerJoined", { nodeId });

    host.broadcast({ by: "host" });
    host.broadcastState({ x: 1 });
    app.broadcast({ by: "app" });
    app.broadcastState({ x: 2 });
    for (const [at, node] of nodes.entries()) {
      await node.broadcast({ by: ids[at] ?? "" });
      await node.broadcastState({ x: 3, by: ids[at] ?? "" });
    }
    for (const [at, node] of nodes.entries()) {
      await node.waitFor({ event: "messageReceived", args: ["HOST", { by: "host" }] });
      await node.waitFor({ event: "messageReceived", args: [appId, { by: "app" }] });
      await node.waitFor({ event: "stateReceived", args: ["HOST", { x: 1 }] });
      await node.waitFor({ event: "stateReceived", args: [appId, { x: 2 }] });
      const from = ids[at] ?? "";
      for (const other of [host, app]) {
        await other.waitFor("messageReceived", { from, data: { by: from } });
        await other.waitFor("stateReceived", { from, data: { by: from, x: 3 } });
      }
      for (const other of nodes.filter((each) => each !== node))
        await other.waitFor({ event: "messageReceived", args: [from, { by: from }] });
    }
    // A full host says so; ours says so to its player.
    await expect(late.join(code)).rejects.toMatchObject({ code: "network-full" });

    await nodes[0]?.leave();
    await host.waitFor("playerLeft", { nodeId: ids[0] });
    await app.waitFor("playerLeft", { nodeId: ids[0] });
    host.leave();
    for (const node of nodes.slice(1)) {
      await node.waitFor({ event: "nodeLeft", args: ["HOST"] });
      await node.waitFor({ property: "status", is: "disconnected" });
    }
  });

  test("comes and goes, and notices the host's death", async ({ scene }) => {
    const host = await startApp(scene);
    const node = await scene.node("node");
    const code = await host.host({ local: true });
    for (let round = 0; round < 2; round += 1) {
      await node.join(code);
      const id = await node.id();
      host.broadcastState({ round });
      await node.waitFor({ event: "stateReceived", args: ["HOST", { round }] });
      await node.leave();
      await host.waitFor("playerLeft", { nodeId: id });
    }
    await node.join(code);
    await host.kill();
    await node.waitFor({ property: "status", is: "error" }, DEATH_MS);
  });
});
