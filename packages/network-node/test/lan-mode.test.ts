import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeLanCode, encodeLanCode } from "@clayground/protocol";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { MockInstance } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createNodePlatform, Network } from "../src/index.ts";
import type { NetworkOptions } from "../src/index.ts";
import { LanHosting } from "../src/lan-hosting.ts";

const openings = vi.spyOn(LanHosting.prototype, "open");

/** A node that only this machine can see. */
function node(options: NetworkOptions = {}): Network {
  const network = new Network({
    platform: createNodePlatform({ bindAddress: "127.0.0.1" }),
    signalingMode: "local",
    lanAddress: "127.0.0.1",
    advertise: false,
    ...options,
  });
  onTestFinished(() => network.leave());
  return network;
}

function makeGame(): string {
  const folder = mkdtempSync(join(tmpdir(), "clayground-lan-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Game</title>");
  return folder;
}

test("a host is joined at its own address, and gone with leave()", async () => {
  const host = node();
  const joiner = node();
  const code = await host.host();
  expect(decodeLanCode(code)?.address).toBe("127.0.0.1");
  await joiner.join(code);
  const heard = host.once("messageReceived");
  joiner.broadcast("hello");
  expect((await heard).slice(0, 2)).toEqual([joiner.nodeId, "hello"]);
  const left = joiner.once("nodeLeft");
  host.leave();
  expect(await left).toEqual(["HOST"]);
  await vi.waitFor(() => expect(node().join(code)).rejects.toMatchObject({ code: "lan-unreachable" }));
});

test("nobody else gets the name of the host, with or without a token", async () => {
  const { address, port } = decodeLanCode(await node().host())!;
  for (const [query, first] of [
    ["?key=peerjs&id=HOST&token=guess", undefined],
    ["?id=HOST", '{"id":"HOST"}'],
  ]) {
    const socket = new WebSocket(`ws://${address}:${port}/peerjs${query}`);
    const answer = new Promise((resolve) => socket.on("message", (data: Buffer) => resolve(JSON.parse(String(data)))));
    if (first) socket.on("open", () => socket.send(first));
    expect(await answer).toMatchObject({ type: expect.stringMatching(/^(?:ERROR|ID-TAKEN)$/) });
    await new Promise((resolve) => socket.on("close", resolve));
  }
});

test("a chosen port is the one in the code; a taken one is told with what to do", async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  const { port } = blocker.address() as AddressInfo;
  const host = node({ lanPort: port });
  const failed = host.once("errorOccurred");
  await expect(host.host()).rejects.toMatchObject({ code: "lan-unavailable" });
  expect((await failed)[0]).toContain(`Port ${port} is taken`);
  await new Promise((resolve) => blocker.close(resolve));
  expect(decodeLanCode(await host.host())?.port).toBe(port);
});

test("who leaves and hosts anew at once has the same port again", async () => {
  const host = node();
  const code = await host.host();
  host.leave();
  host.lanPort = decodeLanCode(code)!.port;
  expect(await host.host()).toBe(code);
  await node().join(code);
});

test("the next host in this program has the port of the one that has just left; while it is there, nobody", async () => {
  const [before, after] = [node(), node()];
  const code = await before.host();
  after.lanPort = decodeLanCode(code)!.port;
  await expect(after.host()).rejects.toMatchObject({ code: "lan-unavailable" });
  before.leave();
  expect(await after.host()).toBe(code);
});

test("who hosts anew while the server of the call before still opens has its port, too", async () => {
  const code = await node().host();
  const lan = new LanHosting(() => ({ nodeCount: 1, maxNodes: 8 }));
  Object.assign(lan.settings, { lanAddress: "127.0.0.1", lanPort: decodeLanCode(code)!.port });
  // The port is taken: nobody waits for who did not get it.
  await expect(lan.open(() => {})).rejects.toThrow("is taken");
  lan.settings.lanPort = 0;
  const { networkId, close } = await lan.open(() => {});
  close();
  lan.settings.lanPort = decodeLanCode(networkId)!.port;
  const [before, after] = [lan.open(() => {}), lan.open(() => {})];
  const first = await before;
  first.close();
  const second = await after;
  expect([first.networkId, second.networkId]).toEqual([networkId, networkId]);
  second.close();
});

test.each([
  ["another program", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "lan-unreachable"],
  ["what is no web server", "SSH-2.0-OpenSSH_9.2\r\n", "lan-unreachable"],
])("where %s answers there is no host", async (_what, answer, code) => {
  const other = createServer((socket) => socket.on("error", () => {}).end(answer));
  onTestFinished(() => void other.close());
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const failed = node().join(encodeLanCode({ address: "127.0.0.1", port })!);
  await expect(failed).rejects.toMatchObject({ code, message: `No host at 127.0.0.1:${port}` });
});

test("what a host's server says against a joiner is the host's word", async () => {
  const server = createHttpServer();
  const refusing = new WebSocketServer({ server });
  refusing.on("connection", (socket) =>
    socket.send(JSON.stringify({ type: "ERROR", payload: { msg: "Not in this room" } })),
  );
  onTestFinished(() => {
    refusing.close();
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const failed = node().join(encodeLanCode({ address: "127.0.0.1", port })!);
  await expect(failed).rejects.toMatchObject({ code: "refused", message: "Refused by the host: Not in this room" });
});

test("the game's page is served with its code and the library, and its address is printed", async () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  const host = node();
  const code = await host.host({ serve: makeGame() });
  expect(host.pageUrl).toBe(`http://127.0.0.1:${decodeLanCode(code)?.port}/`);
  expect(write.mock.calls.flat().join("")).toContain(host.pageUrl);
  const page = await (await fetch(host.pageUrl!)).text();
  expect(page).toContain(`<meta name="clayground-network" content="${code}">`);
  host.leave();
  expect(host.pageUrl).toBeUndefined();
  // What is served once is not served again unasked.
  await host.host();
  expect(host.pageUrl).toBeUndefined();
});

describe("the address of the page", () => {
  const print = (): MockInstance => vi.spyOn(process.stdout, "write").mockReturnValue(true);
  let printed: MockInstance;
  beforeEach(() => void (printed = print()));
  afterEach(() => printed.mockRestore());

  test("is not printed for a network that is over before it began", async () => {
    const host = node();
    const before = host.host({ serve: makeGame() });
    openings.mockClear();
    // The server is being opened.
    await vi.waitUntil(() => openings.mock.calls.length > 0, { interval: 0 });
    host.leave();
    await expect(before).rejects.toMatchObject({ code: "aborted" });
    await host.host();
    expect(printed).not.toHaveBeenCalled();
  });

  test("is that of the call that succeeds, not of one too many", async () => {
    const host = node();
    const hosting = host.host({ serve: makeGame() });
    await expect(host.host()).rejects.toMatchObject({ code: "invalid-state" });
    await hosting;
    expect(host.pageUrl).toMatch(/^http/);
  });

  test("ends no program whose output nobody reads any more", async () => {
    printed.mockImplementation(() => process.stdout.emit("error", new Error("write EPIPE")));
    const host = node();
    await host.host({ serve: makeGame() });
    expect(printed).toHaveBeenCalled();
    expect(host.status).toBe("connected");
  });
});

describe("settings", () => {
  test.each<[keyof NetworkOptions, unknown]>([
    ["lanPort", 65_536],
    ["lanPort", "80"],
    ["lanAddress", "localhost"],
    ["lanAddress", "fe80::1"],
    ["lanName", ""],
    ["lanName", "a\u0007b"],
    ["lanName", "x".repeat(61)],
    ["appId", "my game"],
    ["advertise", "yes"],
  ])("%s: %j is invalid", (name, value) => {
    const invalid = expect.objectContaining({ code: "invalid-option", details: { name } });
    expect(() => node({ [name]: value })).toThrow(invalid);
    expect(() => Object.assign(node(), { [name]: value })).toThrow(invalid);
  });

  test("are read and set as properties, and fixed in a network", async () => {
    const host = node({ lanName: "Anna's game", appId: "arena" });
    expect([host.lanPort, host.lanName, host.appId, host.advertise]).toEqual([0, "Anna's game", "arena", false]);
    host.lanName = "Ben's game";
    const hosting = host.host();
    expect(() => (host.lanPort = 4711)).toThrow(expect.objectContaining({ code: "invalid-state" }));
    await hosting;
    expect(() => (host.lanName = "too late")).toThrow(expect.objectContaining({ code: "invalid-state" }));
    host.leave();
    host.lanPort = 0;
  });

  test("a machine has a name that can be shown", () => {
    expect(new Network().lanName).toMatch(/\S/);
  });

  test("a page is served in LAN mode alone", async () => {
    const host = node({ signalingMode: "cloud" });
    await expect(host.host({ serve: "." })).rejects.toMatchObject({ code: "invalid-option" });
    expect(host.status).toBe("disconnected");
  });

  test("a folder that is not there is told", async () => {
    await expect(node().host({ serve: "no/such/folder" })).rejects.toMatchObject({
      code: "lan-unavailable",
      message: expect.stringContaining("There is no folder no/such/folder"),
    });
  });
});
