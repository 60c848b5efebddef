import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeLanCode, encodeLanCode } from "@clayground/protocol";
import type { Browser } from "puppeteer-core";
import { describe, expect } from "vitest";
import { compiledAgent } from "../harness/compile-agent.ts";
import { testInLan } from "../harness/lan/lan-scene.ts";
import type { LanScene } from "../harness/lan/lan-scene.ts";
import { measureJoining } from "../harness/lan/measure-joining.ts";
import { talk } from "../harness/talk.ts";

/** Three machines in one room, none with a way out: for Anna and Ben packets to the internet vanish, Cleo has no route. */
const test = testInLan({ hosts: ["anna", "ben", { name: "cleo", wayOut: "none" }] });
const BROWSERS = ["chromium", "firefox"] as const;
const LIBRARY = fileURLToPath(new URL("../../packages/network/dist/clayground-network.js", import.meta.url));

/** The game of somebody who knows nothing but the documentation. */
const GAME = `<!doctype html><meta charset="utf-8"><title>a game</title><script type="module">
import { invitation, Network } from "./clayground-network.js";
const network = new Network();
network.on("messageReceived", (from, data) => (document.title = from + " says " + data));
await network.join(invitation());
network.broadcast("hello from the page");
</script>`;

function urlOf(code: string, scheme = "http"): string {
  const { address, port } = decodeLanCode(code)!;
  return `${scheme}://${address}:${port}/`;
}

test.concurrent("Node on three machines without internet plays by a code that is the host's address, and is told when the host leaves", async ({
  scene,
}) => {
  const [host, ben, cleo] = await Promise.all(["anna", "ben", "cleo"].map((name) => scene.node(name)));
  const code = await host!.host();
  expect(decodeLanCode(code)?.address).toBe(scene.host("anna").address());
  await ben!.join(code.toLowerCase());
  await cleo!.join(` ${code.slice(0, 4)} ${code.slice(4)}`, { signalingMode: "cloud" });
  await talk([host!, ben!, cleo!]);
  expect(await host!.snapshot()).toMatchObject({ nodeId: "HOST", networkId: code, isHost: true });
  expect(await cleo!.snapshot()).toMatchObject({ networkId: code, isHost: false });
  expect((await cleo!.snapshot()).nodes).toContain("HOST");
  await host!.leave();
  await Promise.all([ben!, cleo!].map((joiner) => joiner.waitFor({ property: "status", is: "disconnected" })));
  await expect(ben!.join(code)).rejects.toMatchObject({ code: "lan-unreachable" });
  await host!.holdsNothing("after it has left");
});

test.concurrent("Chromium and Firefox on another machine join a Node host that has no route at all, from pages served over http", async ({
  scene,
}) => {
  const { url } = await scene.stage.pages("anna");
  const [host, ...pages] = await Promise.all([
    scene.node("cleo"),
    ...BROWSERS.map((kind) => scene.tab("ben", kind, url)),
  ]);
  const code = await host.host();
  await Promise.all(pages.map((page) => page.join(code)));
  await talk([host, ...pages]);
});

for (const kind of BROWSERS) {
  test.concurrent(`Node joins a page in ${kind} that hosts through clay-dev-server, whose .local candidates no name server knows`, async ({
    scene,
  }) => {
    const { url } = await scene.stage.pages("anna");
    const signalingUrl = `${url.replace(/^http(.*\/)\?.*$/, "ws$1")}peerjs`;
    const [page, joiner] = await Promise.all([
      scene.tab("ben", kind, url),
      scene.node("cleo", { signalingMode: "cloud", signalingUrl }),
    ]);
    await joiner.join(await page.host({ iceServers: [] }), { iceServers: [] });
    await talk([page, joiner]);
  });
}

/** The browser says no, and the error says what to do. */
const BLOCKED = { code: "lan-blocked", hint: expect.stringContaining("over http ") as string };

/** What a person does who answers Chromium's question about the local network with yes; it holds while the session does. */
async function allowLocalNetwork(browser: Browser, origin: string): Promise<void> {
  const session = await browser.target().createCDPSession();
  const permission = { name: "local-network" };
  await session.send("Browser.setPermission", { origin, permission, setting: "granted" });
}

/** An address that nobody has (RFC 5737), and a name that nobody can look up. */
const UNREACHABLE = [{ urls: "stun:198.51.100.1:3478" }, { urls: "stun:stun.example.net:3478" }];

for (const kind of ["node", ...BROWSERS] as const) {
  test.concurrent(`STUN servers that cannot be reached, by address or by name, hold up no joiner in ${kind}, and not the host`, async ({
    scene,
  }) => {
    const [host, joiner] = await Promise.all([
      scene.node("anna", { iceServers: UNREACHABLE }),
      kind === "node" ? scene.node("ben") : scene.stage.pages("anna").then(({ url }) => scene.tab("ben", kind, url)),
    ]);
    const code = await host.host();
    // A query for a name takes 10 s here.
    const options = { iceServers: UNREACHABLE, connectionTimeout: 5000 };
    expect(await measureJoining({ host, joiner, code, options, rounds: 4 })).toHaveLength(4);
  });
}

/** The folder of a game, as a bundler leaves it. */
function gameFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "clayground-game-"));
  writeFileSync(join(folder, "index.html"), GAME);
  cpSync(LIBRARY, join(folder, "clayground-network.js"));
  return folder;
}

test.concurrent("a host serves the game: a browser that opens its address knows the code, and plays", async ({
  scene,
}) => {
  const host = await scene.node("anna");
  const code = await host.host({}, gameFolder());
  const pages = await Promise.all(BROWSERS.map((kind) => scene.page("ben", kind, urlOf(code))));
  await host.waitFor({ property: "nodeCount", is: 3 });
  for (const id of (await host.snapshot()).nodes) {
    await host.waitFor({ event: "messageReceived", args: [id, "hello from the page"] });
  }
  await host.broadcast("welcome");
  for (const page of pages) await page.waitForFunction("document.title === 'HOST says welcome'", { polling: 50 });
});

describe.concurrent("what is wrong is said", () => {
  for (const kind of BROWSERS) {
    test(`a page on https in ${kind} learns that it may not join`, async ({ scene }) => {
      const [{ url }, host] = await Promise.all([scene.stage.pages("anna", "https"), scene.node("anna")]);
      const page = await scene.tab("ben", kind, url);
      const code = await host.host();
      await expect(page.join(code)).rejects.toMatchObject(BLOCKED);
      if (kind !== "chromium") return;
      // Chromium asks its user about the local network; in Firefox nothing helps.
      await allowLocalNetwork(await scene.stage.browser("ben", kind), new URL(url).origin);
      await page.join(code);
      await host.waitFor({ property: "nodeCount", is: 2 });
    });

    test(`a page in ${kind} may not host, and tells a wrong code from a host that is not there`, async ({ scene }) => {
      const page = await scene.tab("ben", kind);
      await expect(page.host({ signalingMode: "local" })).rejects.toMatchObject({ code: "not-supported" });
      await expect(page.join("LZZZZZZZ-102H")).rejects.toMatchObject({ code: "invalid-code" });
      await expect(page.join(nobody(scene))).rejects.toMatchObject({ code: "lan-unreachable" });
    });
  }

  test("a page from the internet on plain http in chromium learns that it may not join", async ({ scene }) => {
    const [{ url }, host] = await Promise.all([scene.stage.pages("anna", "website"), scene.node("anna")]);
    const page = await scene.tab("ben", "chromium", url);
    await expect(page.join(await host.host())).rejects.toMatchObject(BLOCKED);
  });

  test("Node tells a wrong code from a machine without a host, and from an address that is nobody's", async ({
    scene,
  }) => {
    const node = await scene.node("cleo");
    await expect(node.join("L1H9U1VM-")).rejects.toMatchObject({ code: "invalid-code" });
    await expect(node.join(nobody(scene))).rejects.toMatchObject({ code: "lan-unreachable" });
    const unused = encodeLanCode({ address: "10.77.0.200", port: 4000 })!;
    await expect(node.join(unused)).rejects.toMatchObject({ code: "lan-unreachable" });
    const elsewhere = encodeLanCode({ address: "192.0.2.2", port: 4000 })!;
    await expect(node.join(elsewhere)).rejects.toMatchObject({ code: "lan-unreachable" });
  });

  /** A machine that is there, on a port where nothing listens. */
  function nobody(scene: LanScene): string {
    return encodeLanCode({ address: scene.host("anna").address(), port: 9 })!;
  }
});

test.concurrent("nobody else can be HOST, neither as a client of ours nor as one of Clayground's apps", async ({
  scene,
}) => {
  const host = await scene.node("anna");
  const server = `${urlOf(await host.host(), "ws")}peerjs`;
  const say = (query: string, frame = ""): Promise<string> =>
    scene.host("ben").run(`${process.execPath} ${compiledAgent("raw-websocket.js")} '${server}${query}' '${frame}'`);
  expect(await say("?key=peerjs&id=HOST&token=guess", '{"id":"HOST"}')).not.toContain("OPEN");
  expect(await say("?id=whatever", '{"id":"HOST"}')).not.toContain("OPEN");
  expect(await say("?id=whatever", '{"id":"GUEST"}')).toBe('{"id":"GUEST","type":"OPEN"}\n');
});
