import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";
import { NativeAppProcess } from "../interop/native-app-process.ts";
import { membershipFrame } from "../interop/native-app/channel-frames.ts";
import { toText } from "../interop/native-app/json.ts";
import { decodeLanCode, encodeLanCode, lanAddress } from "../interop/native-app/lan-code.ts";
import { isSentByNativeApp, recordedFrames } from "../interop/recorded-frames.ts";

const test = testOnStage();

function startApp(scene: Scene): Promise<NativeAppProcess> {
  return scene.keep(NativeAppProcess.start());
}

/** What differs from run to run, made the same: ids, keys, ports, and how many addresses a machine has. */
function withoutChance(frames: string[], names: Record<string, string>): string[] {
  const all = frames.map((text) =>
    Object.entries(names)
      .reduce((changed, [id, name]) => changed.replaceAll(id, name), text)
      .replace(/candidate:\d 1 UDP \d+ [\w.:]+ \d+/, "candidate")
      .replace(/o=rtc \d+/, "o=rtc N")
      .replace(/ice-(ufrag|pwd):[\w+/]+/g, "ice-$1:K")
      .replace(/sha-256 [\dA-F:]+/, "sha-256 F"),
  );
  return all.filter((text, at) => text !== all[at - 1] && !/"t":"[pP]"/.test(text));
}

const DATA = { hello: "from host", list: [1, "two", { three: 3 }], n: 1.5, nul: null, t: true, uni: "äö€🙂" };

test.concurrent("the stand-in for a native app says in the recorded LAN session what the original said, in its order", async ({
  scene,
}) => {
  const [host, joinB, joinC] = await Promise.all([startApp(scene), startApp(scene), startApp(scene)]);
  const code = await host.host({ local: true });
  const b = await joinB.joinAnother(code);
  host.broadcast(DATA);
  host.broadcastState({ x: 1, y: 2 });
  joinB.broadcast({ hello: "from B" });
  joinB.broadcastState({ x: 3, y: 4 });
  await host.waitFor("stateReceived", { from: b, data: { x: 3, y: 4 } });
  const c = await joinC.joinAnother(code);
  // Until it has the roster, its host may not have it in its table.
  await joinC.waitFor("playerJoined", { nodeId: b });
  joinB.broadcast({ relay: "B to all" });
  await joinC.waitFor("messageReceived", { from: b, data: { relay: "B to all" } });
  joinC.broadcastState({ relay: "C state" });
  host.sendTo(c, { only: "C" });
  await joinB.waitFor("stateReceived", { from: c, data: { relay: "C state" } });
  joinB.sendTo("HOST", { toHost: 1 });
  for (let i = 0; i < 5; i += 1) {
    joinB.broadcastState({ i });
    await joinC.waitFor("stateReceived", { from: b, data: { i } });
  }
  await joinC.waitFor("messageReceived", { from: b, data: { toHost: 1 } });
  joinC.leave();
  await joinB.waitFor("playerLeft", { nodeId: c });
  // Its last word: each process tells what it said in its own time.
  await host.waitFor("frame", { dir: "sent", text: toText(membershipFrame("node_left", c)) });

  const now = { [b]: "B", [c]: "C" };
  const then = { "271ec56dae9f4263": "B", a57580d89fd54df3: "C" };
  for (const [who, app] of [
    ["joinB", joinB],
    ["joinC", joinC],
  ] as const) {
    for (const [dir, wire] of [
      ["sent", "client->server"],
      ["received", "server->client"],
    ] as const) {
      const recorded = recordedFrames("signaling")
        .filter((frame) => frame.scenario === "local" && frame.who === who)
        .filter((frame) => frame.dir === wire && frame.op === "text");
      const expected = withoutChance(
        recorded.map(({ data = "" }) => data),
        then,
      );
      expect(withoutChance(app.frames(dir, "signaling"), now), `what ${who} ${dir} by signaling`).toEqual(expected);
    }
  }
  for (const [who, app, remote, id] of [
    ["host", host, "joinB", b],
    ["host", host, "joinC", c],
    ["joinB", joinB, "host", "HOST"],
    ["joinC", joinC, "host", "HOST"],
  ] as const) {
    for (const layer of ["data", "state"] as const) {
      const recorded = recordedFrames("data-channel")
        .filter((frame) => frame.scenario === "local" && isSentByNativeApp(frame))
        .filter((frame) => frame.who === who && frame.remote === remote && frame.label === layer);
      const expected = withoutChance(
        recorded.map(({ payload = "" }) => payload),
        then,
      );
      expect(withoutChance(app.frames("sent", layer, id), now), `what ${who} said to ${remote} on ${layer}`).toEqual(
        expected,
      );
    }
  }
  const came = host.events.filter(({ event, nodeId }) => event === "channelCame" && nodeId === b);
  expect(came.map(({ label, stream }) => `${label} ${stream}`)).toEqual(["state 3", "data 1"]);
});

test.concurrent("the stand-in hosts and joins by a server, refuses who is one too many, and stays connected to a host that is gone", async ({
  scene,
}) => {
  const [host, joiner, late] = await Promise.all([startApp(scene), startApp(scene), startApp(scene)]);
  const { signalingUrl } = scene;
  const code = await host.host({ signalingUrl, maxNodes: 2 });
  const id = await joiner.joinAnother(code, { signalingUrl });
  await expect(late.join(code, { signalingUrl })).rejects.toThrow("Network full");
  joiner.broadcast({ hello: 1 });
  await host.waitFor("messageReceived", { from: id, data: { hello: 1 } });
  host.leave();
  await joiner.waitFor("playerLeft", { nodeId: code });
  expect(joiner.events.filter(({ event }) => event === "connectedChanged")).toHaveLength(1);
});

test.concurrent("the stand-in dies of what kills native apps", async ({ scene }) => {
  const apps = await Promise.all(Array.from({ length: 5 }, () => startApp(scene)));
  const [c1Host, c1, c3, c4, c5] = apps as [
    NativeAppProcess,
    NativeAppProcess,
    NativeAppProcess,
    NativeAppProcess,
    NativeAppProcess,
  ];

  await c1.joinAnother(await c1Host.host({ local: true }));
  c1.broadcast({ text: "x".repeat(262_144) });
  expect(await c1.dies()).toBe("C1");

  const offer = recordedFrames("signaling").find(({ data = "" }) => data.includes('"type":"OFFER"'))?.data ?? "";
  const { payload } = JSON.parse(offer) as { payload: object };
  await tellHost(await c3.host({ local: true }), [{ dst: "HOST", type: "OFFER", payload: { sdp: { sdp: "v=0" } } }]);
  expect(await c3.dies()).toBe("C3");

  const candidate = { candidate: { candidate: "nonsense", sdpMid: "0" } };
  await tellHost(await c4.host({ local: true }), [
    { dst: "HOST", type: "CANDIDATE", payload: candidate },
    { dst: "HOST", type: "OFFER", payload },
    { dst: "HOST", type: "CANDIDATE", payload: candidate },
  ]);
  expect(await c4.dies()).toBe("C4");

  const server = await scene.keep(startHastyServer());
  c5.tell({ do: "join", code: server.code, options: {} });
  expect(await c5.dies()).toBe("C5");
});

/** As a joiner that says just this. */
async function tellHost(code: string, frames: object[]): Promise<void> {
  const { address, port } = decodeLanCode(code);
  const socket = new WebSocket(`ws://${address}:${port}/peerjs?id=x`);
  await once(socket, "open");
  for (const frame of [{ id: "x" }, ...frames]) socket.send(JSON.stringify(frame));
}

/** A LAN host that has a candidate before it has an answer. */
async function startHastyServer(): Promise<{ code: string; close(): void }> {
  const server = new WebSocketServer({ port: 0, host: "0.0.0.0" });
  await once(server, "listening");
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const { type } = JSON.parse(String(data)) as { type?: string };
      const candidate = { candidate: "candidate:1 1 UDP 2122317823 192.0.2.2 9 typ host", sdpMid: "0" };
      if (type === "OFFER") socket.send(JSON.stringify({ type: "CANDIDATE", src: "HOST", payload: { candidate } }));
      else if (!type) socket.send(JSON.stringify({ type: "OPEN" }));
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    code: encodeLanCode(lanAddress(), port),
    close: () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
