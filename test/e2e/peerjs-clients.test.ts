import { createSignalingServer } from "@clayground/signaling-server";
import type { SignalingServer } from "@clayground/signaling-server";
import type { PeerOptions } from "peerjs";
import { afterAll, beforeAll, describe, expect, vi } from "vitest";
import { lanAddress } from "../harness/lan-address.ts";
import { PeerJsPage } from "../harness/peerjs-page.ts";
import { testOnStage } from "../harness/scene.ts";
import type { Scene } from "../harness/scene.ts";
import { startCuttingProxy } from "../harness/servers/cutting-proxy.ts";
import { serveProject } from "../harness/servers/project.ts";
import type { ServedProject } from "../harness/servers/project.ts";
import { PATIENCE_MS } from "../harness/test-node.ts";

const test = testOnStage();
const LAN = lanAddress();
const LOOPBACK = "127.0.0.1";
const ALONE = "a signaling server with a path and key of its own, from another origin";

let plain: ServedProject;
let secure: ServedProject;
/** On its own, with a path and key that PeerServer's users choose. */
let alone: SignalingServer;

beforeAll(async () => {
  [plain, secure, alone] = await Promise.all([
    serveProject(),
    serveProject({ https: true }),
    // An id whose socket broke is kept for longer than any test waits: who gets it has shown the token.
    createSignalingServer({
      host: LOOPBACK,
      port: 0,
      path: "/games/relay",
      key: "arena",
      peers: true,
      departedPeerMs: 60_000,
    }),
  ]);
});
afterAll(() => Promise.all([plain, secure, alone].map((server) => server.close())));

/** Where a page comes from, and how PeerJS is told where its server is. */
interface Place {
  page: string;
  options: PeerOptions;
}

const PLACES: Readonly<Record<string, () => Place>> = {
  "clay-dev-server over http": () => devServer(plain, LOOPBACK),
  "clay-dev-server over https": () => devServer(secure, LOOPBACK),
  ...(LAN !== undefined && {
    "clay-dev-server over http in the LAN": () => devServer(plain, LAN),
    "clay-dev-server over https in the LAN": () => devServer(secure, LAN),
  }),
  [ALONE]: () => ({
    page: plain.peerJsPage(),
    options: { host: LOOPBACK, port: alone.port, path: "/games/relay", key: "arena" },
  }),
};

function devServer(project: ServedProject, host: string): Place {
  return { page: project.peerJsPage(host), options: { host, port: project.port, path: "/", secure: project.secure } };
}

let made = 0;
/** An id that no other test uses: the servers are shared. */
function freshId(): string {
  return `player-${(made += 1)}`;
}

for (const kind of ["chromium", "firefox"] as const) {
  const open = async (scene: Scene, { page }: Place): Promise<PeerJsPage> =>
    scene.keep(PeerJsPage.open(await scene.stage.browser({ kind, acceptsCertificates: true }), page));

  for (const [name, place] of Object.entries(PLACES)) {
    describe.concurrent(`PeerJS in ${kind} through ${name}`, () => {
      test("lets two pages meet and talk both ways", async ({ scene }) => {
        const { options } = place();
        const [host, joiner] = await Promise.all([open(scene, place()), open(scene, place())]);
        const hostId = freshId();
        expect(await host.start(hostId, options)).toBe(hostId);
        // Without an id PeerJS asks the server for one.
        const joinerId = await joiner.start(undefined, options);
        await expect(joiner.dial("nobody-is-called-so")).rejects.toThrow("peer-unavailable");

        await joiner.dial(hostId);
        await joiner.say({ hello: "Grüße", much: "x".repeat(40_000) });
        expect(await host.hears({ hello: "Grüße", much: "x".repeat(40_000) })).toBe(joinerId);
        await host.say([1, 2.5, null, "welcome"]);
        expect(await joiner.hears([1, 2.5, null, "welcome"])).toBe(hostId);
      });

      test("gives an id to nobody else, and back to its page after a reload", async ({ scene }) => {
        const { options } = place();
        const [holder, stranger] = await Promise.all([open(scene, place()), open(scene, place())]);
        const id = freshId();
        await holder.start(id, { ...options, token: "mine" });
        await expect(stranger.start(id, options)).rejects.toThrow("unavailable-id");
        await holder.reload();
        expect(await holder.start(id, { ...options, token: "mine" })).toBe(id);
        await expect(stranger.start(id, { ...options, token: "yours" })).rejects.toThrow("unavailable-id");
        // PeerJS on its own makes a new token for each load; the page before has said good-bye.
        await holder.reload();
        expect(await holder.start(id, options)).toBe(id);
        await stranger.start(undefined, options);
        await stranger.dial(id);
      });
    });
  }

  describe.concurrent(`PeerJS in ${kind}`, () => {
    test("learns that its key is wrong", async ({ scene }) => {
      for (const { page, options } of [devServer(plain, LOOPBACK), PLACES[ALONE]!()]) {
        const client = await open(scene, { page, options });
        await expect(client.start(freshId(), { ...options, key: "wrong" })).rejects.toThrow("invalid-key");
      }
    });

    test("lists all peers where the server tells them, and only there", async ({ scene }) => {
      const telling = PLACES[ALONE]!();
      const silent = devServer(plain, LOOPBACK);
      const [one, other, third] = await Promise.all([open(scene, telling), open(scene, telling), open(scene, silent)]);
      const ids = [await one.start(freshId(), telling.options), await other.start(freshId(), telling.options)];
      expect(await one.listAllPeers()).toEqual(expect.arrayContaining(ids));
      await third.start(freshId(), silent.options);
      await expect(third.listAllPeers()).rejects.toThrow("server-error");
    });

    test("takes its id back after its connection broke, and no stranger gets it meanwhile", async ({ scene }) => {
      const proxy = await scene.keep(startCuttingProxy(alone.port));
      const place = PLACES[ALONE]!();
      const [holder, stranger] = await Promise.all([open(scene, place), open(scene, place)]);
      const id = await holder.start(freshId(), { ...place.options, port: proxy.port });
      proxy.cut();
      await holder.loses();
      await vi.waitFor(() => expect(alone.peers()).not.toContain(id), { timeout: PATIENCE_MS, interval: 20 });
      await expect(stranger.start(id, place.options)).rejects.toThrow("unavailable-id");
      expect(await holder.reconnect()).toBe(id);
      await stranger.start(undefined, place.options);
      await stranger.dial(id);
    });
  });
}
