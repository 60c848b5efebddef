import { describe, expect, test } from "vitest";
import type { Network } from "../src/index.ts";
import type { LinkConditions, MemoryNetwork } from "../src/testing/index.ts";
import { setup } from "./memory-nodes.ts";
import { numbers } from "./mesh-nodes.ts";

/** 100 kbit/s in bytes. */
const SLOW = 12_500;

/** What a game shows 60 times a second, with its time: 200 bytes. */
const update = (at: number, more: object = {}): object => ({ at, pad: "x".repeat(170), ...more });

/** How old the newest update was at most, in milliseconds, looked at every 10 ms. */
class Age {
  readonly ages: number[] = [];
  /** When each was said. */
  readonly came: number[] = [];
  #newest: number | undefined;

  constructor(node: Network, from: Network, now: () => number) {
    node.on("stateReceived", (id, data) => {
      if (id !== from.nodeId) return;
      this.#newest = (data as { at: number }).at;
      this.came.push(this.#newest);
      this.ages.push(now() - this.#newest);
    });
  }

  look(now: number): void {
    if (this.#newest !== undefined) this.ages.push(now - this.#newest);
  }

  get most(): number {
    return Math.max(...this.ages);
  }
}

/** 60 updates a second. */
async function show(
  net: MemoryNetwork,
  from: Network,
  seconds: number,
  ages: readonly Age[],
  each: (i: number) => void = () => {},
): Promise<void> {
  for (const i of numbers(60 * seconds)) {
    from.broadcastState(update(net.now));
    each(i);
    for (const ms of [8, 8.6]) {
      await net.advance(ms);
      for (const age of ages) age.look(net.now);
    }
  }
}

async function gatherIn(
  link: Partial<LinkConditions>,
  names: readonly string[],
): Promise<{ net: MemoryNetwork; host: Network; joiners: Network[] }> {
  const { net, node } = setup({ link: { delay: 20 } });
  const host = node("host");
  const code = await net.until(host.host());
  const joiners = names.map((name) => node(name));
  for (const joiner of joiners) await net.until(joiner.join(code));
  net.link("host", names[0]!, link);
  await net.advance(1000);
  return { net, host, joiners };
}

describe("60 states a second of 200 bytes over 100 kbit/s", () => {
  test("[F29] are never older than 250 ms, and few wait", async () => {
    const { net, host, joiners } = await gatherIn({ rate: SLOW }, ["slow"]);
    const [slow] = joiners as [Network];
    const age = new Age(slow, host, () => net.now);
    let backlog = 0;
    await show(net, host, 45, [age], () => (backlog = Math.max(backlog, host.peerStats[slow.nodeId]!.stateBacklog)));
    expect(age.most).toBeLessThan(250);
    expect(age.came.length).toBeGreaterThan(45 * 25);
    expect(backlog).toBeLessThan(20_000);
    await net.advance(3000);
    const { seq, recv, missed } = slow.syncStats[host.nodeId]!;
    expect([seq, recv + missed]).toEqual([2700, 2700]);
    expect(host.peerStats[slow.nodeId]!.stateSkipped).toBeGreaterThan(50);
  });

  test("[F28, F29] through a host are as fresh for a slow joiner, while another one gets all of them", async () => {
    const { net, joiners } = await gatherIn({ rate: SLOW }, ["slow", "fast", "player"]);
    const [slow, fast, player] = joiners as [Network, Network, Network];
    const ages = [slow, fast].map((node) => new Age(node, player, () => net.now));
    await show(net, player, 20, ages);
    await net.advance(500);
    expect(ages[0]!.most).toBeLessThan(250);
    expect(ages[1]!.came.length).toBe(1200);
    expect(ages[1]!.most).toBeLessThan(80);
  });

  test("[F29] starve no message", async () => {
    const { net, host, joiners } = await gatherIn({ rate: SLOW }, ["slow"]);
    const [slow] = joiners as [Network];
    const age = new Age(slow, host, () => net.now);
    const late: number[] = [];
    const heard: number[] = [];
    slow.on("messageReceived", (_from, data) => {
      const [i, at] = data as [number, number];
      heard.push(i);
      late.push(net.now - at);
    });
    await show(net, host, 20, [age], (i) => {
      if (i % 6 === 0) host.sendTo(slow.nodeId, [i, net.now, "x".repeat(100)]);
    });
    await net.advance(2000);
    expect(heard).toEqual(numbers(200).map((i) => 6 * i));
    expect(Math.max(...late)).toBeLessThan(500);
    expect(age.most).toBeLessThan(250);
  });

  test("[F28] the newest of each key arrives, and none is shut out", async () => {
    const { net, host, joiners } = await gatherIn({ rate: SLOW }, ["slow"]);
    const [slow] = joiners as [Network];
    const newest = new Map<string | undefined, unknown>();
    const counts = new Map<string | undefined, number>();
    let isOld = false;
    slow.on("stateReceived", (_from, data, { key }) => {
      const { i } = data as { i: number };
      isOld ||= i <= ((newest.get(key) as number | undefined) ?? -1);
      newest.set(key, i);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    const keys = ["ball", "score", undefined, ""];
    for (const i of numbers(300)) {
      for (const key of keys) host.broadcastState(update(net.now, { i }), key === undefined ? {} : { key });
      await net.advance(16.6);
    }
    await net.advance(1000);
    expect(isOld).toBe(false);
    // No key and the empty one are the same.
    for (const key of ["ball", "score"]) expect(newest.get(key)).toBe(299);
    expect(newest.get(undefined) ?? newest.get("")).toBe(299);
    for (const key of ["ball", "score"]) expect(counts.get(key)).toBeGreaterThan(50);
  });
});

describe.each([0.05, 0.1, 0.2])("at %d loss and 50 ms", (loss) => {
  test("[F29] states that arrive take no longer than the way, and no more are missed than were lost", async () => {
    const { net, host, joiners } = await gatherIn({ delay: 50, loss }, ["ann"]);
    const [ann] = joiners as [Network];
    const took: number[] = [];
    ann.on("stateReceived", (_from, data) => took.push(net.now - (data as { at: number }).at));
    await show(net, host, 30, []);
    await net.advance(500);
    const p99 = took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)];
    expect(p99).toBeLessThan(80);
    expect(took.length).toBeGreaterThan(1800 * (1 - loss) * 0.95);
  });
});

test("[F28] states of one turn: the newest of each key leaves, in one packet", async () => {
  const { net, host, joiners } = await gatherIn({}, ["ann"]);
  const [ann] = joiners as [Network];
  const heard: unknown[] = [];
  ann.on("stateReceived", (_from, data, { key }) => heard.push([key, data]));
  for (const i of numbers(5)) for (const key of ["a", "b"]) host.broadcastState(i, { key });
  await net.advance(100);
  expect(heard).toEqual([
    ["a", 4],
    ["b", 4],
  ]);
});

test("[F28] of one sender more than 256 keys count with each other, and cost no more memory", async () => {
  const { net, host, joiners } = await gatherIn({}, ["ann"]);
  const [ann] = joiners as [Network];
  let heard = 0;
  ann.on("stateReceived", () => heard++);
  for (const i of numbers(1000)) {
    host.broadcastState(i, { key: `key ${i}` });
    await net.advance(1);
  }
  await net.advance(100);
  expect(heard).toBe(1000);
  expect(() => host.broadcastState(1, { key: "x".repeat(65) })).toThrow(
    expect.objectContaining({ code: "invalid-option" }),
  );
});

test("a state that takes several packets arrives, and one warning tells", async () => {
  const { net, host, joiners } = await gatherIn({}, ["ann"]);
  const [ann] = joiners as [Network];
  const heard: unknown[] = [];
  const warnings: string[] = [];
  ann.on("stateReceived", (_from, data) => heard.push(data));
  host.on("errorOccurred", (_message, { code }) => warnings.push(code));
  const large = { tiles: new Uint8Array(20_000).fill(7) };
  for (let i = 0; i < 3; i++) {
    host.broadcastState(large);
    await net.advance(50);
  }
  expect(heard).toEqual([large, large, large]);
  expect(warnings).toEqual(["state-large"]);
});
