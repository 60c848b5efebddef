import { describe, expect, test } from "vitest";
import type { NetworkEvents } from "../src/index.ts";
import { codeOf, NOTHING, setup } from "./memory-nodes.ts";

type EventName = keyof NetworkEvents;
type Outcome = ReturnType<typeof codeOf>;

/** What everybody in a network gets to hear. */
const COMMON: readonly EventName[] = [
  "nodeJoined",
  "nodeLeft",
  "messageReceived",
  "stateReceived",
  "diagnosticMessage",
  "networkIdChanged",
  "nodeIdChanged",
  "connectedChanged",
  "statusChanged",
  "nodeCountChanged",
  "nodesChanged",
  "connectionPhaseChanged",
  "phaseTimingChanged",
  "latencyChanged",
  "peerStatsChanged",
  "syncStatsChanged",
];

describe.each(COMMON)("a joiner that in %s", (event) => {
  test.each(["leaves", "leaves and hosts", "leaves and joins", "hosts", "joins"])("%s", async (action) => {
    const { net, node } = setup();
    const [host, other, joiner] = [node("host"), node("other"), node("joiner", { verbose: true })];
    const code = await net.until(host.host());
    await net.until(other.join(code));
    const heardAfter: string[] = [];
    for (const name of ["messageReceived", "stateReceived"] as const)
      joiner.on(name, () => hasActed && heardAfter.push(name));
    let hasActed = false;
    let outcome: Outcome | undefined;
    joiner.on(event, () => {
      if (hasActed) return;
      if (action.startsWith("leaves")) joiner.leave();
      if (action.endsWith("hosts")) outcome = codeOf(joiner.host());
      if (action.endsWith("joins")) outcome = codeOf(joiner.join(code));
      hasActed = true;
    });
    expect([undefined, "aborted"]).toContain(await net.until(codeOf(joiner.join(code))));
    await net.advance(50);
    for (const one of [host, other]) {
      one.broadcast("message");
      one.broadcastState("state");
    }
    await net.advance(2500);
    host.leave();
    await net.advance(6000);
    expect(hasActed).toBe(true);
    if (action === "leaves") expect(heardAfter).toEqual([]);
    if (outcome) {
      const result = await net.until(outcome);
      if (action === "leaves and hosts") expect(result).toBeUndefined();
    }
    joiner.leave();
    other.leave();
    expect(joiner.status).toBe("disconnected");
    await net.advance(20_000);
    expect(net.open()).toEqual(NOTHING);
  });
});

describe.each([...COMMON, "networkCreated", "isHostChanged"] as const)("a host that in %s", (event) => {
  test.each(["leaves", "leaves and hosts"])("%s", async (action) => {
    const { net, node } = setup();
    const [host, joiner] = [node("host", { verbose: true }), node("joiner")];
    let hasActed = false;
    let outcome: Outcome | undefined;
    host.on(event, () => {
      if (hasActed) return;
      hasActed = true;
      host.leave();
      if (action === "leaves and hosts") outcome = codeOf(host.host());
    });
    expect([undefined, "aborted"]).toContain(await net.until(codeOf(host.host())));
    await net.advance(10);
    if (host.connected) await net.until(codeOf(joiner.join(host.networkId)));
    if (joiner.connected) {
      joiner.broadcast("message");
      joiner.broadcastState("state");
    }
    await net.advance(3000);
    joiner.leave();
    await net.advance(6000);
    expect(hasActed).toBe(true);
    if (outcome) expect(await net.until(outcome)).toBeUndefined();
    expect(host.connected).toBe(action === "leaves and hosts");
    host.leave();
    await net.advance(20_000);
    expect(net.open()).toEqual(NOTHING);
  });
});

describe.each(["errorOccurred", "connectionTimedOut"] as const)("a joiner whose time is up and that in %s", (event) => {
  test.each(["leaves", "hosts", "joins"])("%s", async (action) => {
    const { net, node } = setup();
    const [host, joiner] = [node("host"), node("joiner")];
    const code = await net.until(host.host());
    net.link("host", "joiner", { cut: true });
    let outcome: Outcome | undefined;
    joiner.on(event, () => {
      net.link("host", "joiner", { cut: false });
      if (action === "leaves") joiner.leave();
      if (action === "hosts") outcome = codeOf(joiner.host());
      if (action === "joins") outcome = codeOf(joiner.join(code));
    });
    expect(await net.until(codeOf(joiner.join(code)))).toBe("timeout");
    await net.advance(1000);
    if (outcome) expect(await net.until(outcome)).toBeUndefined();
    expect(joiner.status).toBe(action === "leaves" ? "disconnected" : "connected");
    joiner.leave();
    host.leave();
    await net.advance(20_000);
    expect(net.open()).toEqual(NOTHING);
  });
});

test("host() gives the code that networkCreated told, also when its listener leaves", async () => {
  const { net, node } = setup();
  const host = node("host");
  let created: string | undefined;
  host.on("networkCreated", (code) => {
    created = code;
    host.leave();
  });
  const code = await net.until(host.host());
  await net.advance(1);
  expect(created).toBe(code);
  expect(host.status).toBe("disconnected");
});
