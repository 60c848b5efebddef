import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { lanAddresses } from "@clayground/lan";
import { get } from "../../lan/test/request.ts";
import { DevServerError, startDevServer } from "../src/index.ts";
import { handleRequest, type Site } from "../src/requests.ts";
import { makeProject, start } from "./running.ts";

/** The signaling URL that a page is given. */
async function signalingUrl(port: number, headers: Record<string, string> = {}): Promise<string | undefined> {
  return /<meta name="clayground-signaling" content="([^"]*)">/.exec((await get(port, "/", headers)).text)?.[1];
}

function open(url: string): Promise<{ socket: WebSocket; next: () => Promise<unknown> }> {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.terminate());
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
    expect(await signalingUrl(port, { host: "game.localhost" })).toBe("ws://game.localhost/peerjs");
    expect(await signalingUrl(port, { host: "[fd00::2]:8090" })).toBe("ws://[fd00::2]:8090/peerjs");
  });

  test("a page that comes through a tunnel with HTTPS is given wss", async () => {
    const { port } = await start({ allowHosts: ["a.tunnel.example"] });
    expect(await signalingUrl(port, { host: "a.tunnel.example", "x-forwarded-proto": "https" })).toBe(
      "wss://a.tunnel.example/peerjs",
    );
  });

  test("PeerJS gets an id, and the project keeps its start page", async () => {
    const { port } = await start();
    expect((await get(port, "/peerjs/id?ts=1")).text).toMatch(/^[\da-f-]{36}$/);
    expect((await get(port, "/")).headers["content-type"]).toMatch(/^text\/html/);
  });

  test("can be left out: no <meta>, no WebSocket, no answers", async () => {
    const { port } = await start({ signaling: false });
    expect(await signalingUrl(port)).toBeUndefined();
    for (const path of ["/peerjs", "/peerjs/id", "/peerjs/peerjs/id"]) expect((await get(port, path)).status).toBe(404);
    await expect(open(`ws://127.0.0.1:${port}/peerjs?key=peerjs&id=A&token=a`)).rejects.toThrow("404");
  });

  test("500 tabs of one machine connect at once", async () => {
    const { port } = await start();
    const url = await signalingUrl(port);
    const tabs = await Promise.all(
      Array.from({ length: 500 }, (_, n) => open(`${url}?key=peerjs&id=tab-${n}&token=a`)),
    );
    expect(await Promise.all(tabs.map(({ next }) => next()))).toEqual(tabs.map(() => ({ type: "OPEN" })));
  });
});

describe("the library for pages without a bundler", () => {
  const LIBRARY = { path: "/clayground/network.js", file: "clayground-network.js", missing: "Not there." };

  async function serve(folder: string | undefined): Promise<number> {
    const site: Site = {
      root: makeProject().root,
      libraries: [{ ...LIBRARY, folder }],
      isAllowedHost: () => true,
      https: false,
      isolate: false,
      signaling: undefined,
      reload: undefined,
      console: undefined,
      overview: { name: "game", urls: { local: "", lan: [] }, peers: () => [] },
    };
    const server = createServer((request, response) => void handleRequest(site, request, response));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
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

  test("one that is not installed is not found, and the answer says why", async () => {
    expect(await get(await serve(undefined), "/clayground/network.js")).toMatchObject({
      status: 404,
      text: "Not there.",
    });
    const { status, text } = await get((await start()).port, "/clayground/http-client.js");
    expect(status).toBe(404);
    expect(text).toContain("@clayground/http-client does not exist yet");
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

  test.each([-1, 65536, 1.5, Number.NaN])("%s is no port", async (port) => {
    await expect(start({ port })).rejects.toThrow(new DevServerError(`Not a port: ${port}`));
  });

  test("a taken port is an error with strictPort", async () => {
    const { port } = await start();
    await expect(start({ port, strictPort: true })).rejects.toThrow(new DevServerError(`Port ${port} is taken`));
  });

  test("on this machine alone, or on all addresses", async () => {
    expect((await start({ host: "127.0.0.1" })).lanUrls).toEqual([]);
    const shared = await start({ host: "::" });
    expect(shared.localUrl).toBe(`http://localhost:${shared.port}/`);
    expect(shared.lanUrls).toEqual(lanAddresses().map((address) => `http://${address}:${shared.port}/`));
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
