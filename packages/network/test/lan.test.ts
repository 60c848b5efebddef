import { expect, test } from "vitest";
// The library loads this when it is needed; virtual time would not wait for the file.
// oxlint-disable-next-line import/no-unassigned-import
import "../src/preparation.ts";
import { Network } from "../src/index.ts";
import type { NetworkError, Platform } from "../src/index.ts";
import { codeOf, NOTHING, setup, watchConnections } from "./memory-nodes.ts";

const LOCAL = { signalingMode: "local" } as const;

test("a host's address is its code, and it is HOST to all; nothing is asked of a server on the internet", async () => {
  const { net, node } = setup();
  net.signaling.stop();
  const host = node("host", LOCAL);
  const joiner = node("joiner");
  const code = await net.until(host.host());
  expect(code).toMatch(/^L[0-9A-Z]+-[0-9A-Z]+$/);
  expect([host.networkId, host.nodeId, host.isHost]).toEqual([code, "HOST", true]);
  await net.until(joiner.join(code));
  expect([joiner.networkId, joiner.nodes, joiner.isHost]).toEqual([code, ["HOST"], false]);
  const heard = joiner.once("messageReceived");
  host.broadcast({ level: 3 });
  expect((await net.until(heard)).slice(0, 2)).toEqual(["HOST", { level: 3 }]);
  const told = host.once("messageReceived");
  joiner.sendTo("HOST", "hello");
  expect((await net.until(told)).slice(0, 2)).toEqual([joiner.nodeId, "hello"]);
});

test("two LAN hosts on one segment are two networks", async () => {
  const { net, node } = setup();
  const [one, other] = [node("one", LOCAL), node("other", LOCAL)];
  const codes = [await net.until(one.host()), await net.until(other.host())];
  expect(codes[0]).not.toBe(codes[1]);
  await net.until(node("joiner").join(codes[1]!));
  expect([one.nodes.length, other.nodes.length]).toEqual([0, 1]);
});

test.each([["lower case"], ["spaces"], ["another dash"]])("a LAN code is forgiven its %s", async (what) => {
  const { net, node } = setup();
  const code = await net.until(node("host", LOCAL).host());
  const typed = {
    "lower case": code.toLowerCase(),
    spaces: ` ${code.slice(0, 3)} ${code.slice(3)} `,
    "another dash": code.replace("-", "–"),
  }[what]!;
  const joiner = node("joiner");
  await net.until(joiner.join(typed));
  expect(joiner.networkId).toBe(code);
});

test("the code decides: a LAN code in cloud mode, a code of the cloud in local mode, whatever signalingUrl says", async () => {
  const { net, node } = setup();
  const lanCode = await net.until(node("lan", LOCAL).host());
  const cloudCode = await net.until(node("cloud").host());
  const signalingUrl = net.signalingUrl;
  const [one, other] = [node("one", { signalingUrl }), node("other", { ...LOCAL, signalingUrl })];
  await net.until(one.join(lanCode));
  await net.until(other.join(cloudCode));
  expect([one.nodes, other.nodes]).toEqual([["HOST"], [cloudCode]]);
});

test.each(["L1H9U1VM-", "L-102H", "LZZZZZZZ-102H", "L1H9U1VM-102H1", "L1H9U1VM-102H,nonsense", "1H9U1VM-102H", ""])(
  "%j is no code, which is told apart from a host that is not there",
  async (code) => {
    const { net, node } = setup();
    expect(await codeOf(net.until(node("joiner").join(code)))).toBe("invalid-code");
  },
);

test("where nobody answers, the error says at which address", async () => {
  const { net, node } = setup();
  const joiner = node("joiner");
  const failed = joiner.once("errorOccurred");
  expect(await codeOf(net.until(joiner.join("L1H9U1VM-102H")))).toBe("lan-unreachable");
  const [message, error] = await net.until(failed);
  expect(message).toContain("192.0.2.2:46745");
  expect(error.hint).toContain("firewall");
  await net.advance(10_000);
  expect(net.open()).toEqual(NOTHING);
});

test("a firewall that swallows packets is known as one in 5 s, before the time is up", async () => {
  const { net, node } = setup();
  const code = await net.until(node("host", LOCAL).host());
  net.link("host", "joiner", { cut: true });
  const began = net.now;
  expect(await codeOf(net.until(node("joiner").join(code)))).toBe("lan-unreachable");
  expect(net.now - began).toBeLessThan(5500);
  await net.advance(10_000);
  expect(net.open("joiner")).toEqual(NOTHING);
});

test("of several addresses the one that answers counts, also when the first one swallows packets", async () => {
  const { net, node } = setup();
  const swallowing = await net.until(node("swallowing", LOCAL).host());
  const host = node("host", LOCAL);
  const code = await net.until(host.host());
  net.link("swallowing", "joiner", { cut: true });
  const joiner = node("joiner");
  const began = net.now;
  await net.until(joiner.join(["L1H9U1VM-102H", swallowing, code]));
  expect(host.nodes).toEqual([joiner.nodeId]);
  expect(net.now - began).toBeLessThan(2000);
  host.leave();
  joiner.leave();
  await net.advance(2000);
  expect(net.open("joiner")).toEqual(NOTHING);
});

test.each([
  ["is tried with the others", true],
  ["counts as one that does not answer", false],
])("an address that the browser forbids %s", async (_how, isThere) => {
  const { net, node } = setup();
  const code = await net.until(node("host", LOCAL).host());
  const platform = net.platform("page");
  const original = platform.createWebSocket.bind(platform);
  platform.createWebSocket = (url) => {
    if (url.includes("192.0.2.3")) throw new DOMException("insecure", "SecurityError");
    return original(url);
  };
  const joiner = new Network({ platform });
  const joining = joiner.join(["L1H9U1VM-102H", "L1H9U1VN-102H", ...(isThere ? [code] : ["L1H9U1VN-102H"])]);
  if (isThere) await net.until(joining);
  else expect(await codeOf(net.until(joining))).toBe("lan-unreachable");
  expect(net.now).toBeLessThan(1000);
  joiner.leave();
  await net.advance(3000);
  expect(net.open("page")).toEqual(NOTHING);
});

test("a page may not host in LAN mode, and hears why", async () => {
  const { net } = setup();
  const page: Platform = Object.assign(net.platform("page"), { openLanServer: undefined });
  const network = new Network({ platform: page, ...LOCAL });
  const failed = network.once("errorOccurred");
  expect(await codeOf(net.until(network.host()))).toBe("not-supported");
  expect((await net.until(failed))[0]).toContain("in a page");
  expect(network.status).toBe("error");
});

test("a server that could not be opened is told with its reason", async () => {
  const { net } = setup();
  const openLanServer = (): Promise<never> => Promise.reject(new Error("Port 4711 is taken."));
  const platform: Platform = Object.assign(net.platform("host"), { openLanServer });
  const network = new Network({ platform, ...LOCAL });
  const failed = network.once("errorOccurred");
  expect(await codeOf(net.until(network.host()))).toBe("lan-unavailable");
  expect((await net.until(failed))[0]).toBe("No LAN mode: Port 4711 is taken");
  expect(net.open()).toEqual(NOTHING);
});

test("a host whose address changes says so, goes on, and is joined by its new code", async () => {
  const { net, node } = setup();
  const host = node("host", LOCAL);
  const errors: NetworkError[] = [];
  host.on("errorOccurred", (_message, error) => errors.push(error));
  const old = await net.until(host.host());
  const first = node("first");
  await net.until(first.join(old));
  const changed = host.once("networkIdChanged");
  net.changeAddress("host");
  const [code] = await net.until(changed);
  expect(code).not.toBe(old);
  expect(errors.map((error) => error.code)).toEqual(["lan-moved"]);
  expect(errors[0]!.message).toContain(code);
  expect([host.status, host.networkId, first.connected]).toEqual(["connected", code, true]);
  await net.until(node("second").join(code));
  expect(await codeOf(net.until(node("third").join(old)))).toBe("lan-unreachable");
  expect(host.nodeCount).toBe(3);
});

test.each([0, 1, 2, 5])("who leaves %i ms after the call leaves no server behind", async (ms) => {
  const { net, node } = setup();
  const host = node("host", LOCAL);
  const hosting = codeOf(host.host());
  if (ms > 0) await net.advance(ms);
  host.leave();
  expect(await net.until(hosting)).toBe("aborted");
  await net.advance(3000);
  expect(net.open()).toEqual(NOTHING);
  expect(host.status).toBe("disconnected");
});

test("after leave() nobody answers at the old code; a new host() has another one", async () => {
  const { net, node } = setup();
  const host = node("host", LOCAL);
  const old = await net.until(host.host());
  host.leave();
  await net.advance(100);
  expect(await codeOf(net.until(node("late").join(old)))).toBe("lan-unreachable");
  const code = await net.until(host.host());
  await net.until(node("joiner").join(code));
  expect(host.nodes.length).toBe(1);
});

test("in LAN mode only ICE servers that the application has set are used", async () => {
  const { net, node } = setup();
  const stun = "stun:stun.example.com";
  const used: string[] = [];
  const create = (name: string, options: object): Network => {
    const platform = net.platform(name);
    watchConnections(platform, ({ iceServers }) => used.push(`${name}: ${JSON.stringify(iceServers)}`));
    return new Network({ platform, ...options });
  };
  const code = await net.until(node("host", LOCAL).host());
  await net.until(create("plain", {}).join(code));
  await net.until(create("own", { iceServers: [stun] }).join(code));
  await net.until(create("auto", { iceServers: "auto" }).join(code));
  await net.until(create("function", { iceServers: () => new Promise(() => {}) }).join(code));
  expect(used).toEqual(["plain: []", `own: [{"urls":"${stun}"}]`, "auto: []", "function: []"]);
});

test("nobody loses what a host says while it leaves", async () => {
  const { net, node } = setup();
  const host = node("host", LOCAL);
  const joiner = node("joiner");
  await net.until(joiner.join(await net.until(host.host())));
  const heard = joiner.once("messageReceived");
  const left = joiner.once("nodeLeft");
  host.broadcast("bye");
  host.leave();
  expect((await net.until(heard))[1]).toBe("bye");
  expect(await net.until(left)).toEqual(["HOST"]);
  expect(joiner.status).toBe("disconnected");
});
