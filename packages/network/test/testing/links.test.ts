import { describe, expect, test } from "vitest";
import type { PlatformDataChannel } from "../../src/platform/platform.ts";
import type { LinkConditions } from "../../src/testing/index.ts";
import { connectedPair } from "./pair.ts";

/** Sends numbers at 60 per second and notes what arrives when. */
async function stream(kind: "reliable" | "lossy", conditions: Partial<LinkConditions>, count = 600, seed = 1) {
  const pair = await connectedPair({ seed });
  pair.net.link("a", "b", conditions);
  const channel = pair[kind];
  const arrivals: { number: number; delay: number }[] = [];
  const sentAt: number[] = [];
  channel.b.onmessage = ({ data }) => {
    const number = Number(data);
    arrivals.push({ number, delay: pair.net.now - sentAt[number]! });
  };
  for (let i = 0; i < count; i++) {
    sentAt.push(pair.net.now);
    channel.a.send(String(i).padStart(100, "0"));
    await pair.net.advance(16);
  }
  await pair.net.advance(20_000);
  return arrivals;
}

const numbersOf = (arrivals: { number: number }[]): number[] => arrivals.map(({ number }) => number);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("the same seed", () => {
  const bad = { delay: 30, jitter: 20, loss: 0.1, duplicate: 0.1, reorder: 0.1 };

  test("gives the same trace to the millisecond, and another seed another", async () => {
    const first = await stream("lossy", bad, 200, 5);
    expect(await stream("lossy", bad, 200, 5)).toEqual(first);
    expect(await stream("lossy", bad, 200, 6)).not.toEqual(first);
  });
});

describe("a link's delay and jitter", () => {
  test("hold on both kinds of channel", async () => {
    for (const kind of ["reliable", "lossy"] as const) {
      const delays = (await stream(kind, { delay: 50, jitter: 10 })).map(({ delay }) => delay);
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(50);
      expect(Math.max(...delays)).toBeLessThanOrEqual(60);
      expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(8);
    }
  });

  test("let packets of a lossy channel overtake each other, and none of a reliable one", async () => {
    const jumpy = { delay: 10, jitter: 60 };
    expect(numbersOf(await stream("lossy", jumpy))).not.toEqual(upTo(600));
    expect(numbersOf(await stream("reliable", jumpy))).toEqual(upTo(600));
  });
});

describe("loss", () => {
  test("takes its share of a lossy channel and delays nothing", async () => {
    const arrivals = await stream("lossy", { delay: 50, loss: 0.1 });
    expect(arrivals.length).toBeGreaterThan(510);
    expect(arrivals.length).toBeLessThan(570);
    expect(arrivals.every(({ delay }) => delay === 50)).toBe(true);
  });

  test("costs a reliable channel time, never a message or the order", async () => {
    const arrivals = await stream("reliable", { delay: 50, loss: 0.1 });
    expect(numbersOf(arrivals)).toEqual(upTo(600));
    const late = arrivals.filter(({ delay }) => delay > 200).length;
    expect(late).toBeGreaterThan(60);
    expect(late).toBeLessThan(500);
  });

  test("strikes large messages more often, because they are many packets", async () => {
    const { net, lossy } = await connectedPair();
    net.link("a", "b", { loss: 0.05 });
    let arrived = 0;
    lossy.b.onmessage = () => arrived++;
    for (let i = 0; i < 200; i++) {
      lossy.a.send(new Uint8Array(24_000));
      await net.advance(50);
    }
    // 20 packets of which each survives with 95 %: 36 %.
    expect(arrived).toBeGreaterThan(45);
    expect(arrived).toBeLessThan(100);
  });
});

describe("duplicate and reorder", () => {
  test("show on a lossy channel alone", async () => {
    const twice = numbersOf(await stream("lossy", { duplicate: 0.2 }));
    expect(twice.length).toBeGreaterThan(680);
    expect(new Set(twice).size).toBe(600);
    const shuffled = numbersOf(await stream("lossy", { reorder: 0.2 }));
    expect(shuffled).not.toEqual(upTo(600));
    expect([...shuffled].sort((a, b) => a - b)).toEqual(upTo(600));
    expect(numbersOf(await stream("reliable", { duplicate: 0.2, reorder: 0.2 }))).toEqual(upTo(600));
  });
});

describe("rate", () => {
  test("queues what it cannot take, visible in bufferedAmount until it is low again", async () => {
    const { net, reliable } = await connectedPair();
    net.link("a", "b", { rate: 100_000 });
    let lowAt = 0;
    reliable.a.bufferedAmountLowThreshold = 10_000;
    reliable.a.onbufferedamountlow = () => (lowAt = net.now);
    const start = net.now;
    for (let i = 0; i < 50; i++) reliable.a.send(new Uint8Array(1000));
    expect(reliable.a.bufferedAmount).toBe(50_000);
    await net.advance(100);
    expect(reliable.a.bufferedAmount).toBe(40_000);
    await net.advance(500);
    expect(reliable.a.bufferedAmount).toBe(0);
    expect(lowAt - start).toBe(400);
  });

  test("lifted while data waits lets it go", async () => {
    const { net, reliable } = await connectedPair();
    net.link("a", "b", { rate: 100 });
    let received = 0;
    reliable.b.onmessage = () => received++;
    for (let i = 0; i < 20; i++) reliable.a.send(new Uint8Array(1000));
    await net.advance(10_000);
    expect(received).toBe(0);
    net.link("a", "b", { rate: Infinity });
    await net.advance(10);
    expect(received).toBe(20);
  });
});

describe("a cut link", () => {
  const silent = (channel: PlatformDataChannel): unknown[] => {
    const events: unknown[] = [];
    channel.onclose = () => events.push("close");
    channel.onmessage = ({ data }) => events.push(data);
    return events;
  };

  test("passes nothing; mended in time, reliable data comes in order and lossy data is gone", async () => {
    const { net, pc, reliable, lossy } = await connectedPair();
    const states: string[] = [];
    pc.a.onconnectionstatechange = () => states.push(pc.a.connectionState);
    const atB = silent(reliable.b);
    const lossyAtB = silent(lossy.b);
    reliable.a.send("on its way");
    net.link("a", "b", { cut: true });
    for (let i = 0; i < 20; i++) {
      reliable.a.send(`message ${i}`);
      lossy.a.send(`state ${i}`);
      await net.advance(500);
    }
    expect([atB, lossyAtB]).toEqual([[], []]);
    expect(states).toEqual(["disconnected"]);
    net.link("a", "b", { cut: false });
    await net.advance(10_000);
    expect(atB).toEqual(["on its way", ...upTo(20).map((i) => `message ${i}`)]);
    expect(lossyAtB).toEqual([]);
    expect(states).toEqual(["disconnected", "connected"]);
  });

  test("fails the connection after 30 s, for good", async () => {
    const { net, pc } = await connectedPair();
    net.oneWay("a", "b", { cut: true });
    await net.advance(4999);
    expect([pc.a.connectionState, pc.b.connectionState]).toEqual(["connected", "connected"]);
    await net.advance(1);
    expect([pc.a.connectionState, pc.b.connectionState]).toEqual(["disconnected", "disconnected"]);
    await net.advance(25_000);
    expect([pc.a.connectionState, pc.b.connectionState]).toEqual(["failed", "failed"]);
    net.oneWay("a", "b", { cut: false });
    await net.advance(60_000);
    expect(pc.a.connectionState).toBe("failed");
  });
});

test("a condition out of its range is refused with a sentence", async () => {
  const { net } = await connectedPair();
  expect(() => net.link("a", "b", { loss: 1.5 })).toThrow("loss is 1.5, not from 0 to 1");
  expect(() => net.link("a", "b", { delay: -1 })).toThrow(RangeError);
  expect(() => net.link("a", "b", { rate: 0 })).toThrow(RangeError);
});
