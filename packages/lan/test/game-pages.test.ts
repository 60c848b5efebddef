import { connect as connectTcp } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startLanServer, type LanServer } from "../src/index.ts";
import { NetworkCards } from "./network-cards.ts";
import { Project } from "./project.ts";
import { rawRequest, sendRaw } from "./raw.ts";
import { get } from "./request.ts";
import { connect, start, startOn } from "./running.ts";
import { fillWithTraps, SECRET, WAYS_OUT } from "./ways-out.ts";

const project = new Project();
let server: LanServer;

beforeAll(async () => {
  fillWithTraps(project);
  project.write("game.js", "let a = 1;");
  project.write("peerjs/index.html", "<p>not to be seen");
  project.write("library.js", "export {};");
  const files = { "/clayground/network.js": join(project.root, "library.js"), "/gone.js": "/nowhere/gone.js" };
  server = await startLanServer({ address: "127.0.0.1", serve: project.root, files });
});
afterAll(async () => {
  await server.close();
  project.remove();
});
afterEach(async () => {
  expect((await get(server.port, "/")).text).toContain("start page");
});

describe("the game's page", () => {
  test("knows the code, and is never taken from a cache", async () => {
    const { status, headers, text } = await get(server.port, "/");
    expect([status, headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(text).toBe(`<meta name="clayground-network" content="${server.code}"><p>start page`);
    expect(server.pageUrl).toBe(`http://127.0.0.1:${server.port}/`);
  });

  test("has the new code when it is loaded again after a change of address", async () => {
    const cards = new NetworkCards({ wlan0: ["192.168.1.5"] });
    const moved = await new Promise<LanServer>((resolve, reject) => {
      const onCodeChanged = (): void => void starting.then(resolve, reject);
      const options = { address: "", serve: project.root, interfaces: cards.list, lookEveryMs: 2, onCodeChanged };
      const starting = start(options);
      void starting.then(async ({ port, code }) => {
        expect((await get(port, "/")).text).toContain(`content="${code}"`);
        cards.change({ wlan0: ["192.168.7.9"] });
      }, reject);
    });
    expect((await get(moved.port, "/")).text).toContain(`content="${moved.code}"`);
  });

  test.runIf(process.platform === "linux")(
    "has the code of the address at which it was opened: that one can be reached from there",
    async () => {
      const cards = { wlan0: ["192.168.1.5"], eth0: ["127.0.0.2"] };
      const { port, code, codes } = await startOn(cards, { serve: project.root });
      const metaAt = async (host: string): Promise<string | undefined> =>
        /content="([^"]*)"/.exec(await (await fetch(`http://${host}:${port}/`)).text())?.[1];
      expect([await metaAt("127.0.0.1"), await metaAt("127.0.0.2")]).toEqual([code, codes[1]]);
      const chosen = await startOn(cards, { serve: project.root, address: "192.168.1.5" });
      expect((await get(chosen.port, "/")).text).toContain(`content="${chosen.code}"`);
    },
  );

  test("comes with its files, and those that the program adds", async () => {
    const script = await get(server.port, "/game.js");
    expect([script.status, script.text, script.headers["cache-control"]]).toEqual([200, "let a = 1;", "no-cache"]);
    const library = await get(server.port, "/clayground/network.js?x");
    expect([library.text, library.headers["content-type"]]).toEqual(["export {};", "text/javascript; charset=utf-8"]);
    expect((await get(server.port, "/gone.js")).status).toBe(404);
    expect((await get(server.port, "/folder")).headers["location"]).toBe("/folder/");
  });

  test("is not read by pages of other origins, and nothing can be written", async () => {
    const { headers } = await get(server.port, "/", { origin: "https://evil.example" });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    for (const path of ["/", "/game.js", "/clayground/network.js", "/nothing"])
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
        expect((await get(server.port, path, {}, method)).status, `${method} ${path}`).toBe(405);
    expect(await get(server.port, "/", {}, "HEAD")).toMatchObject({ status: 200, text: "" });
  });

  test("does not stand in signaling's way", async () => {
    expect((await get(server.port, "/peerjs/id")).text).toMatch(/^[\da-f-]{36}$/);
    for (const path of ["/peerjs", "/peerjs/", "/peerjs/index.html"])
      expect((await get(server.port, path)).text, path).not.toContain("not to be seen");
    expect(await connect(server.signalingUrl, "key=peerjs&id=a&token=b").next()).toMatchObject({ type: "OPEN" });
  });

  test("is not there when nothing is served", async () => {
    const { port } = await start();
    expect((await get(port, "/game.js")).status).toBe(404);
    expect((await get(port, "/")).text).not.toContain("start page");
  });
});

describe("ways out of the folder lead nowhere", () => {
  test.each(WAYS_OUT)("%s", async (_trick, target) => {
    const { status, text } = await sendRaw(server.port, rawRequest(target));
    expect(status).toBe(404);
    for (const leak of [SECRET, "root:", project.root]) expect(text).not.toContain(leak);
  });
});

describe("requests that no browser sends", () => {
  const request = (path: string): string => `GET /${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const statusesOfMany = (): Promise<number[]> =>
    Promise.all(Array.from({ length: 32 }, async () => (await get(server.port, "/")).status));

  const HOST = "Host: localhost";
  test.each<[string, Buffer, RegExp]>([
    ["a page that poses as this server", rawRequest("/", ["Host: evil.example"]), /^HTTP\/1\.1 403 [^]*IP address/],
    ["an own name in front", rawRequest("/", ["Host: localhost.evil.example"]), /^HTTP\/1\.1 403 /],
    ["an address in front", rawRequest("/", ["Host: 127.0.0.1.nip.io"]), /^HTTP\/1\.1 403 /],
    ["no Host", rawRequest("/", []), /^HTTP\/1\.1 400 /],
    ["two Hosts", rawRequest("/", [HOST, "Host: evil.example"]), /^HTTP\/1\.1 400 /],
    ["HTML in the Host", rawRequest("/", ['Host: localhost"><script>']), /^HTTP\/1\.1 400 /],
    ["an absolute target", rawRequest("http://localhost/"), /^HTTP\/1\.1 400 /],
    ["100 kB of headers", rawRequest("/", [HOST, `A: ${"a".repeat(100_000)}`]), /^HTTP\/1\.1 4(?:00|31) /],
    ["a target of 100 kB", rawRequest(`/${"a".repeat(100_000)}`), /^HTTP\/1\.1 4(?:00|31) /],
    ["noise", Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 131 + 7) % 256)), /^HTTP\/1\.1 400 /],
  ])("%s", async (_what, bytes, expected) => {
    const { text } = await sendRaw(server.port, bytes);
    expect(text).toMatch(expected);
    expect(text).not.toContain("start page");
  });

  test.each(["localhost", "192.0.2.7:8090", "[::1]", hostname(), "LOCALHOST."])(
    "but %s is a name of ours",
    async (host) => expect((await get(server.port, "/", { host })).status).toBe(200),
  );

  test("an upgrade for something else is refused", async () => {
    const { text } = await sendRaw(server.port, rawRequest("/", [HOST, "Upgrade: websocket"]));
    expect(text).not.toMatch(/^HTTP\/1\.1 101/);
  });

  test("who breaks a connection with answers in a row takes no places with it", async () => {
    project.write("large.bin", Buffer.alloc(8 * 1024 * 1024));
    const socket = connectTcp(server.port, "127.0.0.1");
    socket.write(["large.bin", ...Array<string>(40).fill("")].map((path) => request(path)).join(""));
    await new Promise((resolve) => socket.once("data", resolve));
    // While the first one is stuck, the others wait behind it.
    expect(await statusesOfMany()).toContain(503);
    socket.destroy();
    await expect.poll(statusesOfMany).toEqual(Array<number>(32).fill(200));
  });

  test("who asks once on each of hundreds of connections keeps some, and no more", { timeout: 10_000 }, async () => {
    const sockets = Array.from({ length: 300 }, () => connectTcp(server.port, "127.0.0.1"));
    onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
    const isKept = sockets.map(async (socket) => {
      const head = new Promise<Buffer>((resolve) => socket.once("data", resolve));
      socket.write(request("nothing"));
      return !/^connection: close/im.test((await head).toString("latin1"));
    });
    expect((await Promise.all(isKept)).filter(Boolean).length).toBeLessThanOrEqual(256);
  });

  test("who asks for a large file hundreds of times and reads nothing gets some, and no more", async () => {
    project.write("large.bin", Buffer.alloc(8 * 1024 * 1024));
    const sockets = Array.from({ length: 40 }, () => connectTcp(server.port, "127.0.0.1"));
    onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
    const statuses = await Promise.all(
      sockets.map(async (socket) => {
        socket.write("GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const head = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
        socket.pause();
        return Number(head.toString("latin1", 9, 12));
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(32);
    expect(statuses.filter((status) => status === 503)).toHaveLength(8);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await get(server.port, "/")).status).toBe(200);
  });
});
