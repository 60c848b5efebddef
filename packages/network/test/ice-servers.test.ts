import { expect, test } from "vitest";
// The library loads this when it is needed; virtual time would not wait for the file.
// oxlint-disable-next-line import/no-unassigned-import
import "../src/preparation.ts";
import { Network } from "../src/index.ts";
import type { IceServer, NetworkOptions, Platform } from "../src/index.ts";
import type { MemoryNetwork } from "../src/testing/index.ts";
import { codeOf, NOTHING, setup, watchConnections } from "./memory-nodes.ts";

const TURN = { urls: ["turn:turn.example.com"], username: "1:a", credential: "b" };
const MINUTES = 60_000;

/** A node that notes what its connections are made with, and its errors. */
function watched(
  net: MemoryNetwork,
  name: string,
  iceServers: NetworkOptions["iceServers"],
  more: Partial<Platform> = {},
) {
  const platform = Object.assign(net.platform(name), more);
  const used: IceServer[][] = [];
  watchConnections(platform, ({ iceServers: servers }) => used.push([...servers]));
  const errors: string[] = [];
  const network = new Network({
    platform,
    iceServers: iceServers!,
    onErrorOccurred: (_, { code }) => errors.push(code),
  });
  return { network, used, errors };
}

const DEFAULT = [{ urls: "stun:stun.l.google.com:19302" }, { urls: "stun:stun1.l.google.com:19302" }];

test('"auto" connects with what the signaling server hands out', async () => {
  const { net, node } = setup();
  net.signaling.iceAnswer = { iceServers: [TURN], ttl: 3600 };
  const { network, used, errors } = watched(net, "host", "auto");
  const code = await net.until(network.host());
  await net.until(node("joiner", { iceServers: "auto" }).join(code));
  expect([used.at(-1), errors]).toEqual([[TURN], []]);
});

test("a function is asked, with or without a promise, and its URLs are taken as W3C's servers", async () => {
  const { net } = setup();
  const host = watched(net, "host", () => ["stun:stun.example.com"]);
  const joiner = watched(net, "joiner", () => Promise.resolve([TURN]));
  const code = await net.until(host.network.host());
  await net.until(joiner.network.join(code));
  expect(host.used.at(-1)).toEqual([{ urls: "stun:stun.example.com" }]);
  expect(joiner.used).toEqual([[TURN]]);
});

test("a host that lives long meets each joiner with credentials that are still good", async () => {
  const { net, node } = setup();
  net.signaling.iceAnswer = { iceServers: [{ ...TURN, credential: "old" }], ttl: 3600 };
  const { network, used } = watched(net, "host", "auto");
  const code = await net.until(network.host());
  net.signaling.iceAnswer = { iceServers: [{ ...TURN, credential: "new" }], ttl: 3600 };
  await net.advance(29 * MINUTES);
  await net.until(node("early").join(code));
  expect(used.at(-1)).toEqual([{ ...TURN, credential: "old" }]);
  await net.advance(2 * MINUTES);
  await net.until(node("late").join(code));
  expect(used.at(-1)).toEqual([{ ...TURN, credential: "new" }]);
});

test("a function is asked again every 5 minutes, and never after leave()", async () => {
  const { net } = setup();
  let asked = 0;
  const { network } = watched(net, "host", () => {
    asked++;
    return [];
  });
  await net.until(network.host());
  await net.advance(11 * MINUTES);
  expect(asked).toBe(3);
  network.leave();
  await net.advance(60 * MINUTES);
  expect(asked).toBe(3);
  expect(net.open()).toEqual(NOTHING);
});

test.each<[string, unknown]>([
  ["hands out nothing", undefined],
  ["answers something else", "hello"],
  ["answers null", null],
  ["answers no list", { iceServers: "turn:turn.example.com" }],
  ["answers a list of something else", { iceServers: [{ urls: "http://example.com" }] }],
  ["answers a hundred servers", { iceServers: Array.from({ length: 100 }, () => TURN) }],
])('a server that %s costs "auto" an error event, not the network', async (_name, answer) => {
  const { net } = setup();
  net.signaling.iceAnswer = answer;
  const { network, used, errors } = watched(net, "host", "auto");
  await net.until(network.host());
  expect(used).toEqual([DEFAULT]);
  expect(errors).toEqual(["ice-servers-unavailable"]);
});

test("a server that has no ICE servers of its own is no error", async () => {
  const { net } = setup();
  net.signaling.iceAnswer = { iceServers: [] };
  const { network, used, errors } = watched(net, "host", "auto");
  await net.until(network.host());
  expect([used, errors]).toEqual([[DEFAULT], []]);
});

test.each<[string, () => never]>([
  [
    "throws",
    () => {
      throw new Error("no quota");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no quota")) as never],
  ["gives something else", () => "stun:x" as never],
])("a function that %s costs an error event with its words, not the network", async (_name, source) => {
  const { net } = setup();
  const { network, used, errors } = watched(net, "host", source);
  const told: string[] = [];
  network.on("errorOccurred", (message) => told.push(message));
  await net.until(network.host());
  expect([used, errors]).toEqual([[DEFAULT], ["ice-servers-unavailable"]]);
  expect(told[0]).toMatch(/no quota|not a list/);
});

test("servers that were good stay when later ones cannot be had", async () => {
  const { net, node } = setup();
  let isBroken = false;
  const { network, used, errors } = watched(net, "host", () => {
    if (isBroken) throw new Error("down");
    return [TURN];
  });
  const code = await net.until(network.host());
  isBroken = true;
  await net.advance(6 * MINUTES);
  await net.until(node("joiner").join(code));
  expect([used.at(-1), errors]).toEqual([[TURN], ["ice-servers-unavailable"]]);
});

test("a function that never answers ends with the timeout, and nothing stays", async () => {
  const { net } = setup();
  const { network } = watched(net, "host", () => new Promise(() => {}));
  expect(await codeOf(net.until(network.host()))).toBe("timeout");
  expect(net.open()).toEqual(NOTHING);
});

test("who leaves while the servers are asked for is out at once, and hears of nothing later", async () => {
  const { net } = setup();
  let answer: (list: readonly string[]) => void = () => {};
  const { network, used, errors } = watched(net, "host", () => new Promise((resolve) => (answer = resolve)));
  const hosting = codeOf(network.host());
  await net.advance(10);
  network.leave();
  expect(await net.until(hosting)).toBe("aborted");
  answer([]);
  await net.advance(10 * MINUTES);
  expect([used, errors, network.status]).toEqual([[], [], "disconnected"]);
  expect(net.open()).toEqual(NOTHING);
});

test("who leaves in the same moment as it began asks nobody, now or later", async () => {
  const { net } = setup();
  let asked = 0;
  const { network } = watched(net, "host", () => {
    asked++;
    return [];
  });
  const hosting = codeOf(network.host());
  network.leave();
  expect(await net.until(hosting)).toBe("aborted");
  await net.advance(20 * MINUTES);
  expect(asked).toBe(0);
  expect(net.open()).toEqual(NOTHING);
});

test("nothing that is fixed in a network changes while the servers are asked for", async () => {
  const { net } = setup();
  const { network } = watched(net, "host", () => new Promise(() => {}));
  void network.host();
  expect(() => (network.iceServers = [])).toThrow(expect.objectContaining({ code: "invalid-state" }));
});

test("where the platform looks names up itself, connections get addresses, and later ones those that came late", async () => {
  const { net, node } = setup();
  const book: Record<string, string> = {};
  const resolveIceServers = (servers: IceServer[]): Promise<IceServer[]> =>
    Promise.resolve(servers.flatMap(({ urls }) => (book[String(urls)] ? [{ urls: book[String(urls)]! }] : [])));
  const { network, used } = watched(net, "host", ["stun:a.example", "stun:b.example"], { resolveIceServers });
  book["stun:a.example"] = "stun:192.0.2.1";
  const code = await net.until(network.host());
  expect(used).toEqual([[{ urls: "stun:192.0.2.1" }]]);
  book["stun:b.example"] = "stun:192.0.2.2";
  await net.advance(2 * MINUTES);
  await net.until(node("joiner").join(code));
  expect(used.at(-1)).toEqual([{ urls: "stun:192.0.2.1" }, { urls: "stun:192.0.2.2" }]);
  network.leave();
  await net.advance(10);
  expect(net.open("host").timers).toBe(0);
});

test("in LAN mode nobody waits for names, and who wants no servers gets none", async () => {
  const { net, node } = setup();
  const never = { resolveIceServers: () => new Promise<IceServer[]>(() => {}) };
  const code = await net.until(node("host", { signalingMode: "local" }).host());
  const joiner = watched(net, "joiner", ["stun:a.example"], never);
  await net.until(joiner.network.join(code));
  const other = watched(net, "other", [], never);
  await net.until(other.network.host());
  expect([joiner.used, other.used]).toEqual([[[]], [[]]]);
});
