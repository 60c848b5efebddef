// The library loads this when it is needed; virtual time would not wait for the file.
// oxlint-disable-next-line import/no-unassigned-import
import "../src/preparation.ts";
import { describe, expect, test } from "vitest";
import { isNetworkError, Network } from "../src/index.ts";
import type { NetworkErrorCode, NetworkOptions } from "../src/index.ts";
import { MemoryNetwork } from "../src/testing/index.ts";

/** A network in memory, with a maker of nodes on machines of their own. */
function setup(options: ConstructorParameters<typeof MemoryNetwork>[0] = {}): {
  net: MemoryNetwork;
  node: (name: string, options?: NetworkOptions) => Network;
} {
  const net = new MemoryNetwork(options);
  return { net, node: (name, more = {}) => new Network({ platform: net.platform(name), ...more }) };
}

const codeOf = async (promise: Promise<unknown>): Promise<NetworkErrorCode | undefined> => {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (!isNetworkError(error)) throw error;
    return error.code;
  }
};

const NOTHING = { sockets: 0, peerConnections: 0, channels: 0, timers: 0 };

describe("host and join", () => {
  test("a joiner is in after join(), and both know each other", async () => {
    const { net, node } = setup();
    const host = node("host");
    const joiner = node("joiner");
    const code = await net.until(host.host());
    expect(code).toMatch(/^[A-HJ-NP-Z2-9]{6}$/);
    await net.until(joiner.join(` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `));
    expect(joiner.nodes).toEqual([code]);
    expect(host.nodes).toEqual([joiner.nodeId]);
    expect(host.snapshot()).toMatchObject({
      isHost: true,
      nodeId: code,
      networkId: code,
      nodeCount: 2,
      status: "connected",
    });
    expect(joiner.snapshot()).toMatchObject({
      isHost: false,
      networkId: code,
      nodeCount: 2,
      status: "connected",
      connected: true,
    });
  });

  test("events come in order, and never before host() or join() has returned", async () => {
    const { net, node } = setup();
    const host = node("host");
    const seen: string[] = [];
    const hosting = host.host();
    host.on("statusChanged", (status) => seen.push(status));
    host.on("networkCreated", () => seen.push("created"));
    host.on("nodeJoined", () => seen.push("joined"));
    host.on("messageReceived", () => seen.push("message"));
    host.on("nodeLeft", () => seen.push("left"));
    const code = await net.until(hosting);
    const joiner = node("joiner");
    await net.until(joiner.join(code));
    joiner.broadcast("hello");
    await net.advance(100);
    joiner.leave();
    await net.advance(100);
    host.leave();
    await net.advance(1);
    expect(seen).toEqual(["connecting", "connected", "created", "joined", "message", "left", "disconnected"]);
  });

  test("a taken code is drawn anew, unseen", async () => {
    const { net, node } = setup();
    const first = node("first");
    const code = await net.until(first.host());
    const platform = net.platform("second");
    const draws = [...code].map((letter) => "ABCDEFGHJKLMNPQRSTUVWXYZ23456789".indexOf(letter));
    let drawn = 0;
    const fair = platform.randomBytes.bind(platform);
    platform.randomBytes = (count) => (count === 6 && drawn++ === 0 ? Uint8Array.from(draws) : fair(count));
    const second = new Network({ platform });
    const errors: string[] = [];
    second.on("errorOccurred", (message) => errors.push(message));
    expect(await net.until(second.host())).not.toBe(code);
    expect(errors).toEqual([]);
    expect(drawn).toBeGreaterThan(1);
  });

  test("an unknown code, a wrong one, a second host(): each its own code", async () => {
    const { net, node } = setup();
    const joiner = node("joiner");
    expect(await codeOf(net.until(joiner.join("ZZZZZZ")))).toBe("no-such-network");
    expect(joiner.status).toBe("error");
    expect(await codeOf(net.until(joiner.join("no code")))).toBe("invalid-code");
    await net.until(joiner.host());
    expect(await codeOf(net.until(joiner.host()))).toBe("invalid-state");
    expect(joiner.status).toBe("connected");
  });

  test("a full network refuses at once, and lets in again when somebody left", async () => {
    const { net, node } = setup();
    const host = node("host", { maxNodes: 2 });
    const code = await net.until(host.host());
    const [first, second] = [node("first"), node("second")];
    await net.until(first.join(code));
    const before = net.now;
    expect(await codeOf(net.until(second.join(code)))).toBe("network-full");
    expect(net.now - before).toBeLessThan(1000);
    first.leave();
    await net.advance(100);
    await net.until(second.join(code));
    expect(host.nodes).toEqual([second.nodeId]);
  });
});

describe("leaving and breaking", () => {
  test("a host that leaves ends the network for all, without an error", async () => {
    const { net, node } = setup();
    const host = node("host");
    const joiner = node("joiner");
    const code = await net.until(host.host());
    await net.until(joiner.join(code));
    const seen: string[] = [];
    joiner.on("nodeLeft", (id) => seen.push(`left ${id}`));
    joiner.on("errorOccurred", (message) => seen.push(message));
    joiner.on("statusChanged", (status) => seen.push(status));
    host.leave();
    await net.advance(100);
    expect(seen).toEqual([`left ${code}`, "disconnected"]);
    expect(net.open()).toEqual(NOTHING);
  });

  test("a host that vanishes is missed within 5 s", async () => {
    const { net, node } = setup();
    const host = node("host");
    const joiner = node("joiner");
    const code = await net.until(host.host());
    await net.until(joiner.join(code));
    const seen: string[] = [];
    joiner.on("nodeLeft", (id) => seen.push(`left ${id}`));
    joiner.on("errorOccurred", (_message, error) => seen.push(error.code));
    joiner.on("statusChanged", (status) => seen.push(status));
    await net.advance(10_000);
    net.kill("host");
    await net.advance(5000);
    expect(seen).toEqual([`left ${code}`, "host-lost", "error"]);
    expect(net.open("joiner")).toEqual(NOTHING);
  });

  test("a joiner that vanishes leaves every roster within 5 s, and its seat is free", async () => {
    const { net, node } = setup();
    const host = node("host", { maxNodes: 3 });
    const [a, b, c] = [node("a"), node("b"), node("c")];
    const code = await net.until(host.host());
    await net.until(a.join(code));
    await net.until(b.join(code));
    net.kill("a");
    await net.advance(5000);
    expect(host.nodes).toEqual([b.nodeId]);
    expect(b.nodes).toEqual([code]);
    await net.until(c.join(code));
    await net.advance(10);
    expect(b.nodes).toEqual([code, c.nodeId]);
  });

  test("a page whose timers come once a minute is not declared dead, nor declares others dead", async () => {
    const { net, node } = setup();
    const host = node("host");
    const joiner = node("joiner");
    const code = await net.until(host.host());
    await net.until(joiner.join(code));
    net.throttleTimers("joiner", 60_000);
    await net.advance(10 * 60_000);
    expect(host.nodes).toEqual([joiner.nodeId]);
    expect(joiner.status).toBe("connected");
  });

  test("a restarted signaling server ends no network, and afterwards new nodes can join", async () => {
    const { net, node } = setup();
    const host = node("host");
    const code = await net.until(host.host());
    const first = node("first");
    await net.until(first.join(code));
    const errors: string[] = [];
    host.on("errorOccurred", (_message, error) => errors.push(error.code));
    net.signaling.stop();
    await net.advance(60_000);
    expect(errors).toEqual(["signaling-lost"]);
    expect(host.nodes).toEqual([first.nodeId]);
    net.signaling.start();
    await net.advance(20_000);
    const second = node("second");
    await net.until(second.join(code));
    await net.advance(10);
    expect(first.nodes).toEqual([code, second.nodeId]);
  });
});

test("a connection that does not come about is dialed once more, within the same join()", async () => {
  const { net, node } = setup();
  const host = node("host");
  const code = await net.until(host.host());
  const joiner = node("joiner", { verbose: true });
  const notes: string[] = [];
  joiner.on("diagnosticMessage", (_phase, detail) => notes.push(detail));
  net.link("host", "joiner", { cut: true });
  const joining = joiner.join(code);
  await net.advance(3000);
  net.link("host", "joiner", { cut: false });
  // The first connection does not heal: its checks are over.
  net.link("host", "joiner", { cut: true });
  await net.advance(1500);
  net.link("host", "joiner", { cut: false });
  await net.until(joining);
  expect(notes.filter((note) => note === "dialing again")).toHaveLength(1);
  expect(host.nodes).toEqual([joiner.nodeId]);
});

test("a connection that never comes about is a timeout in the phase it came to, and nothing stays open", async () => {
  const { net, node } = setup();
  const host = node("host");
  const code = await net.until(host.host());
  const joiner = node("joiner");
  const seen: string[] = [];
  joiner.on("connectionTimedOut", () => seen.push("timed out"));
  joiner.on("errorOccurred", (_message, error) => seen.push(`${error.code} in ${error.details.phase}`));
  joiner.on("statusChanged", (status) => seen.push(status));
  net.link("host", "joiner", { cut: true });
  expect(await codeOf(net.until(joiner.join(code)))).toBe("timeout");
  expect(seen).toEqual(["connecting", "timed out", "timeout in ice", "error"]);
  await net.advance(60_000);
  expect(net.open("joiner")).toEqual(NOTHING);
  expect(host.nodes).toEqual([]);
});

describe("at every moment of an attempt", () => {
  /** How long an undisturbed join takes, in virtual milliseconds. */
  const JOIN_TAKES = 60;
  /** The closing handshake of a WebSocket, there and back. */
  const CLOSING_TAKES = 5;

  for (let after = 0; after <= JOIN_TAKES; after += 2) {
    test(`leave() ${after} ms into a join ends it, leaves nothing open, and the next join works`, async () => {
      const { net, node } = setup();
      const host = node("host");
      const code = await net.until(host.host());
      const joiner = node("joiner");
      const joining = codeOf(joiner.join(code));
      await net.advance(after);
      const wasIn = joiner.connected;
      joiner.leave();
      expect(joiner.status).toBe("disconnected");
      expect(await net.until(joining)).toBe(wasIn ? undefined : "aborted");
      await net.advance(CLOSING_TAKES);
      expect(net.open("joiner")).toEqual(NOTHING);
      await net.advance(35_000);
      expect(host.nodes).toEqual([]);
      await net.until(joiner.join(code));
      expect(host.nodes).toEqual([joiner.nodeId]);
    });

    test(`an abort or a timeout ${after} ms into a join does the same`, async () => {
      const { net, node } = setup();
      const host = node("host");
      const code = await net.until(host.host());
      const joiner = node("joiner", { connectionTimeout: after + 1 });
      const abort = new AbortController();
      const other = node("other");
      const timedOut = codeOf(joiner.join(code));
      const aborted = codeOf(other.join(code, { signal: abort.signal }));
      await net.advance(after);
      abort.abort();
      await net.advance(1);
      const results = [await net.until(timedOut), await net.until(aborted)];
      await net.advance(CLOSING_TAKES);
      for (const [index, one] of [joiner, other].entries()) {
        if (one.connected) continue;
        expect(results[index]).toBe(index === 0 ? "timeout" : "aborted");
        expect(one.status).toBe(index === 0 ? "error" : "disconnected");
        expect(net.open(index === 0 ? "joiner" : "other")).toEqual(NOTHING);
      }
      joiner.leave();
      joiner.connectionTimeout = 15_000;
      await net.until(joiner.join(code));
      expect(joiner.status).toBe("connected");
    });
  }

  test("leave() during host() ends it as well", async () => {
    const { net, node } = setup();
    const host = node("host");
    const hosting = codeOf(host.host());
    host.leave();
    expect(await net.until(hosting)).toBe("aborted");
    await net.advance(5);
    expect(net.open()).toEqual(NOTHING);
    await net.until(host.host());
  });
});

test("what was sent just before leave() still arrives, also over a bad line", async () => {
  const { net, node } = setup({ seed: 3, link: { delay: 20, jitter: 10, loss: 0.1 } });
  const host = node("host");
  const joiner = node("joiner");
  await net.until(joiner.join(await net.until(host.host())));
  const seen: unknown[] = [];
  joiner.on("messageReceived", (_from, data) => seen.push(data));
  joiner.on("statusChanged", (status) => seen.push(status));
  for (let i = 0; i < 20; i++) host.broadcast(i);
  host.leave();
  expect(host.status).toBe("disconnected");
  await net.advance(2000);
  expect(seen).toEqual([...Array(20).keys(), "disconnected"]);
  expect(net.open()).toEqual(NOTHING);
});

test("200 cycles of host, join and leave leave nothing open", async () => {
  const { net, node } = setup();
  const host = node("host");
  const joiner = node("joiner");
  for (let cycle = 0; cycle < 200; cycle++) {
    await net.until(joiner.join(await net.until(host.host())));
    joiner.leave();
    host.leave();
    await net.advance(10);
    expect(net.open()).toEqual(NOTHING);
  }
});
