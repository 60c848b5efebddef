import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { isShared, lanAddresses } from "../src/addresses.ts";
import { DevServerError, startDevServer, type DevServer, type DevServerOptions } from "../src/index.ts";
import { handleRequest } from "../src/requests.ts";
import { Project } from "./project.ts";
import { get } from "./request.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0)) await each();
});

function makeProject(): Project {
  const project = new Project();
  undo.unshift(() => project.remove());
  project.write("index.html", "<head></head>");
  return project;
}

async function start(options: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const server = await startDevServer({ root: makeProject().root, port: 0, host: "127.0.0.1", ...options });
  undo.unshift(() => server.close());
  return server;
}

/** The signaling URL that a page is given. */
async function signalingUrl(port: number, headers: Record<string, string> = {}): Promise<string | undefined> {
  return /<meta name="clayground-signaling" content="([^"]*)">/.exec((await get(port, "/", headers)).text)?.[1];
}

function open(url: string): Promise<{ socket: WebSocket; next: () => Promise<unknown> }> {
  const socket = new WebSocket(url);
  undo.unshift(() => socket.terminate());
  const frames: unknown[] = [];
  const readers: ((frame: unknown) => void)[] = [];
  socket.on("message", (data: Buffer) => {
    const frame: unknown = JSON.parse(data.toString());
    const reader = readers.shift();
    if (reader) reader(frame);
    else frames.push(frame);
  });
  const next = (): Promise<unknown> =>
    frames.length > 0 ? Promise.resolve(frames.shift()) : new Promise((resolve) => readers.push(resolve));
  return new Promise((resolve, reject) => {
    socket.on("open", () => resolve({ socket, next }));
    socket.on("error", reject);
  });
}

describe("signaling", () => {
  test("two pages find it by the <meta> and reach each other through it", async () => {
    const { port } = await start();
    const url = await signalingUrl(port);
    expect(url).toBe(`ws://127.0.0.1:${port}/peerjs`);
    const host = await open(`${url}?key=peerjs&id=8EYEWX&token=a`);
    const joiner = await open(`${url}/peerjs?key=peerjs&id=c123&token=b&version=1.5.5`);
    expect(await host.next()).toEqual({ type: "OPEN" });
    expect(await joiner.next()).toEqual({ type: "OPEN" });
    joiner.socket.send('{"type":"OFFER","dst":"8EYEWX","payload":{"a":1}}');
    expect(await host.next()).toEqual({ type: "OFFER", src: "c123", dst: "8EYEWX", payload: { a: 1 } });
  });

  test("a phone is given the address under which it asked", async () => {
    const { port } = await start();
    expect(await signalingUrl(port, { host: "192.0.2.7:8090" })).toBe("ws://192.0.2.7:8090/peerjs");
    expect(await signalingUrl(port, { host: "my-laptop.local" })).toBe("ws://my-laptop.local/peerjs");
    expect(await signalingUrl(port, { host: "[fd00::2]:8090" })).toBe("ws://[fd00::2]:8090/peerjs");
  });

  test.each(['a"><script>', "a/../b", "user@evil", "a b", "", "[::1", "a:999999"])(
    "the Host header %j does not come into the page",
    async (host) => {
      const { port } = await start();
      expect(await signalingUrl(port, { host })).toBe(`ws://127.0.0.1:${port}/peerjs`);
    },
  );

  test("PeerJS gets an id, and the project keeps its start page", async () => {
    const { port } = await start();
    expect((await get(port, "/peerjs/id?ts=1")).text).toMatch(/^[\da-f-]{36}$/);
    expect((await get(port, "/")).headers["content-type"]).toMatch(/^text\/html/);
    expect((await get(port, "/peerjs")).status).toBe(404);
  });
});

describe("the library for pages without a bundler", () => {
  async function serve(folder: string): Promise<number> {
    const site = { root: makeProject().root, library: { folder, file: "clayground-network.js" } };
    const server = createServer((request, response) => void handleRequest(site, request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    undo.unshift(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  test("/clayground/network.js is a module", async () => {
    const built = makeProject();
    built.write("clayground-network.js", "export class Network {}");
    const { status, headers, text } = await get(await serve(built.root), "/clayground/network.js");
    expect([status, text]).toEqual([200, "export class Network {}"]);
    expect(headers["content-type"]).toMatch(/^text\/javascript/);
  });

  test("its source map is found, so that an error names the real line", async () => {
    const built = makeProject();
    built.write("clayground-network.js.map", "{}");
    expect((await get(await serve(built.root), "/clayground/clayground-network.js.map")).text).toBe("{}");
  });

  test("before it is built, the answer says what to do", async () => {
    const { status, text } = await get(await serve(makeProject().root), "/clayground/network.js");
    expect(status).toBe(503);
    expect(text).toContain("npm run build");
  });
});

describe("where it listens", () => {
  test("a taken port leads to the next free one", async () => {
    const first = await start();
    const second = await start({ port: first.port });
    expect(second.port).toBeGreaterThan(first.port);
    expect(second.localUrl).toBe(`http://localhost:${second.port}/`);
    expect((await get(second.port, "/")).status).toBe(200);
  });

  test("on this machine alone, or on all addresses", async () => {
    expect((await start({ host: "127.0.0.1" })).lanUrls).toEqual([]);
    const shared = await startDevServer({ root: makeProject().root, port: 0 });
    undo.unshift(() => shared.close());
    expect(shared.localUrl).toBe(`http://localhost:${shared.port}/`);
    expect(shared.lanUrls).toEqual(lanAddresses().map((address) => `http://${address}:${shared.port}/`));
  });

  test("addresses that others cannot use are not shown", () => {
    const entry = (address: string, more: object = {}): never =>
      ({ address, family: "IPv4", internal: false, ...more }) as never;
    expect(
      lanAddresses({
        lo: [entry("127.0.0.1", { internal: true })],
        eth0: [entry("192.0.2.7"), entry("fd00::2", { family: "IPv6" })],
        usb0: [entry("169.254.3.4")],
        wlan0: undefined,
      }),
    ).toEqual(["192.0.2.7"]);
    expect(["127.0.0.1", "localhost", "::1", "127.1.2.3"].some(isShared)).toBe(false);
    expect([undefined, "0.0.0.0", "192.0.2.7", "::"].every(isShared)).toBe(true);
  });

  test("a folder that is missing, or is a file, is refused", async () => {
    const project = makeProject();
    await expect(start({ root: `${project.root}/nothing` })).rejects.toThrow(DevServerError);
    await expect(start({ root: `${project.root}/index.html` })).rejects.toThrow("No such folder");
    await expect(start({ host: "192.0.2.250" })).rejects.toThrow(/^Cannot listen on port 0/);
  });

  test("a project whose path leads over a link is served", async () => {
    const project = makeProject();
    project.link("../alias", "game");
    const { port } = await start({ root: `${project.root}/../alias` });
    expect((await get(port, "/")).status).toBe(200);
  });

  test("close() ends requests and sockets, and frees the port", async () => {
    const server = await startDevServer({ root: makeProject().root, port: 0, host: "127.0.0.1" });
    const { socket } = await open(`ws://127.0.0.1:${server.port}/peerjs?key=peerjs&id=A&token=a`);
    const closed = vi.fn<() => void>();
    socket.on("close", closed);
    await fetch(`http://127.0.0.1:${server.port}/`);
    await server.close();
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    expect((await start({ port: server.port })).port).toBe(server.port);
  });
});
