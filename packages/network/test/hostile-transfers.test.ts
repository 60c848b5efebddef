import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ReceiptFrame } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import type { Network } from "../src/index.ts";
import type { MemoryNetwork } from "../src/testing/index.ts";
import { codeOf, setup } from "./memory-nodes.ts";
import { gather, numbers, record } from "./mesh-nodes.ts";
import { joinRaw } from "./raw-joiner.ts";
import type { RawJoiner } from "./raw-joiner.ts";
import { numbering, packet } from "./raw-packet.ts";

interface Scene {
  readonly net: MemoryNetwork;
  readonly code: string;
  readonly host: Network;
  readonly honest: Network;
  readonly eve: RawJoiner;
  /** What the host and the honest joiner heard. */
  readonly heard: unknown[][][];
}

/** A host, an honest joiner, and one that is not. */
async function scene(maxMessageSize = 1_000_000): Promise<Scene> {
  const { net, node } = setup();
  const [host, honest] = [node("host", { maxMessageSize }), node("honest", { maxMessageSize })];
  const code = await net.until(host.host());
  await net.until(honest.join(code));
  const eve = await joinRaw(net, code, "eve");
  return { net, code, host, honest, eve, heard: [record(host), record(honest)] };
}

/** The two go on, as if there was nobody else. */
async function playOn({ net, code, host, honest, heard }: Scene): Promise<void> {
  const before = heard.map((list) => list.length);
  const bytes = new Uint8Array(300_000).fill(5);
  await net.until(
    Promise.all([honest.sendTo(code, bytes), host.sendTo(honest.nodeId, bytes), honest.sendTo(code, "hello")]),
  );
  expect(heard.map((list) => list.length)).toEqual([before[0]! + 2, before[1]! + 1]);
  expect([host.status, honest.status]).toEqual(["connected", "connected"]);
}

function receipts(raw: RawJoiner): ReceiptFrame[] {
  return raw.frames().filter((frame): frame is ReceiptFrame & { size: number } => frame?.t === "k");
}

/** Memory of buffers that is in use, in bytes. */
function buffersInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().arrayBuffers;
}

describe("a sender of transfers", () => {
  test.each([
    ["the host", (_scene: Scene): string | undefined => undefined],
    ["another joiner", ({ honest }: Scene): string | undefined => honest.nodeId],
  ])("[F32] that begins 10,000 for %s and ends none is told that it is busy", async (_whom, whomOf) => {
    const all = await scene();
    const { net, eve } = all;
    const to = whomOf(all);
    const number = numbering();
    for (const batch of numbers(100)) {
      const begins = numbers(100).map((i) => number({ t: "f", id: 100 * batch + i + 1, z: 1000, to, b: 1 }));
      eve.send(packet(begins, [], new Uint8Array(100)));
      await net.advance(50);
    }
    await net.advance(100);
    expect(eve.isClosed).toBe(false);
    const answers = receipts(eve);
    expect(answers.filter(({ r }) => r === "busy")).toHaveLength(10_000 - 16);
    expect(answers.some(({ a, r }) => r === undefined && (a ?? 0) > 1)).toBe(false);
    // They go on, in any order, and each ends.
    const rest = new Uint8Array(999);
    for (const id of [9, 3, 16]) eve.send(packet(number({ t: "f", id, to, b: 999 }), [], rest));
    await net.advance(100);
    expect(receipts(eve).filter(({ a }) => a === 1000)).toHaveLength(3);
    await playOn(all);
  });

  test.each([
    [2 ** 53 - 1, "large"],
    [1_200_000, "large"],
  ])("[F31, F32] that announces %i bytes is refused, and told the limit", async (z, r) => {
    const all = await scene();
    all.eve.send(packet({ n: 1, t: "f", id: 1, z, b: 100 }, [], new Uint8Array(100)));
    await all.net.advance(20);
    expect(receipts(all.eve)).toEqual([expect.objectContaining({ id: 1, r, a: 1_000_000 })]);
    await playOn(all);
  });

  test.each([2 ** 53, -1, 0, 1.5, "9", null])("[F1] that announces %j bytes sends a broken frame", async (z) => {
    const all = await scene();
    for (const id of numbers(101)) all.eve.send(packet({ t: "f", id: id + 1, z, b: 1 }, [], new Uint8Array(1)));
    await all.net.advance(20);
    expect(all.eve.isClosed).toBe(true);
    await playOn(all);
  });

  test("[F30] that sends more than it announced is refused, and nothing is delivered", async () => {
    const all = await scene();
    const { net, eve, heard } = all;
    const number = numbering();
    eve.send(packet(number({ t: "f", id: 1, z: 100, b: 60 }), [], new Uint8Array(60)));
    eve.send(packet(number({ t: "f", id: 1, b: 60 }), [], new Uint8Array(60)));
    eve.send(packet(number({ t: "f", id: 1, b: 40 }), [], new Uint8Array(40)));
    await net.advance(20);
    expect(receipts(eve).at(-1)).toMatchObject({ id: 1, r: "no" });
    expect(heard).toEqual([[], []]);
    await playOn(all);
  });

  test("[F30] that sends parts of what never began, or of what was refused, is passed over", async () => {
    const all = await scene();
    const { net, code, honest, eve, heard } = all;
    const number = numbering();
    for (const i of numbers(2000)) {
      const to = [undefined, code, honest.nodeId, "nobody", "eve"][i % 5];
      eve.send(packet(number({ t: "f", id: i + 1, to, b: 1000 }), [], new Uint8Array(1000)));
      if (i % 10 === 0) await net.advance(5);
    }
    for (const id of [7, 8]) eve.send(packet(number({ t: "f", id, x: 1 })));
    await net.advance(20);
    expect(receipts(eve)).toEqual([]);
    expect([eve.isClosed, heard]).toEqual([false, [[], []]]);
    await playOn(all);
  });

  test("[F30] whose packet is none, though its length is right, is heard by nobody", async () => {
    const all = await scene();
    const { net, eve, heard } = all;
    const number = numbering();
    for (const [id, bytes] of [
      new Uint8Array(100),
      new Uint8Array(100).fill(255),
      packet([], []) as string,
      packet([null, [[[], "Uint8Array", 50]]], [], new Uint8Array(20)),
      packet([null, [[[], "constructor", 20]]], [], new Uint8Array(20)),
      packet([{}, [[["__proto__"], "Uint8Array", 20]]], [], new Uint8Array(20)),
      packet([{}, [[["constructor", "prototype"], "Uint8Array", 20]]], [], new Uint8Array(20)),
      packet([null, [[[], "Float64Array", 20]]], [], new Uint8Array(20)),
      packet([null, []], [], new Uint8Array(20)),
    ].entries()) {
      const whole = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
      eve.send(packet(number({ t: "f", id: id + 1, z: whole.length, b: whole.length }), [], whole));
    }
    await net.advance(50);
    const here = heard[0]!.filter(([from]) => from === "eve");
    // What hung at "__proto__" is gone; all others are heard by nobody.
    expect(here.map(([, data]) => JSON.stringify(data))).toEqual(["{}"]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    await playOn(all);
  });

  test("[F32] costs no more memory than what it may send, however its packets are made", async () => {
    const all = await scene(20_000_000);
    const { net, eve } = all;
    const before = buffersInUse();
    const number = numbering();
    const bytes = new Uint8Array(4097 + 250_000);
    for (const i of numbers(400)) {
      const z = i === 0 ? 19_000_000 : undefined;
      eve.send(packet([number({ t: "f", id: 1, z, b: 4097 }), number({ t: "f", id: 999, b: 250_000 })], [], bytes));
      await net.advance(5);
    }
    // 1.6 MB of a transfer, in 100 MB of packets.
    expect(buffersInUse() - before).toBeLessThan(20_000_000);
    await playOn(all);
  });

  test("[F32] to a slow joiner, however much it sends, costs that one nothing but time", async () => {
    const all = await scene(64_000_000);
    const { net, host, honest, eve } = all;
    net.link("host", "honest", { rate: 200_000 });
    const number = numbering();
    const bytes = new Uint8Array(250_000);
    for (const i of numbers(200)) {
      if (eve.isClosed) break;
      const z = i === 0 ? 60_000_000 : undefined;
      eve.send(packet(number({ t: "f", id: 1, z, to: honest.nodeId, b: bytes.length }), [], bytes));
      await net.advance(20);
    }
    expect(eve.isClosed).toBe(true);
    await net.advance(5000);
    expect(host.nodes).toEqual([honest.nodeId]);
    net.link("host", "honest", { rate: Infinity });
    await net.advance(2000);
    await playOn(all);
  });

  test("[F30] that is gone in the middle of one leaves nothing behind", async () => {
    const all = await scene();
    const { net, honest, eve, code } = all;
    const before = all.heard.flat().length;
    for (const [i, to] of [undefined, honest.nodeId].entries())
      eve.send(packet({ n: i + 1, t: "f", id: i + 1, z: 2000, to, b: 1000 }, [], new Uint8Array(1000)));
    await net.advance(20);
    eve.send(packet({ n: 3, t: "y", sys: "bye" }));
    await net.advance(100);
    net.kill("eve");
    const again = await joinRaw(net, code, "eve");
    again.send(packet({ n: 1, t: "f", id: 1, b: 1000 }, [], new Uint8Array(1000)));
    await net.advance(100);
    expect([receipts(again), all.heard.flat().length]).toEqual([[], before]);
    await playOn(all);
  });
});

describe("a receiver of transfers", () => {
  test("[F31] that claims to have more than was sent, or nothing, or tells of others', makes nobody believe it", async () => {
    const all = await scene();
    const { net, host, honest, eve, code } = all;
    net.link("host", "honest", { rate: 100_000 });
    let isThere = false;
    const toEve = codeOf(host.sendTo("eve", new Uint8Array(900_000)).then(() => void (isThere = true)));
    const toHost = honest.sendTo(code, new Uint8Array(200_000)).then(() => void (isThere = true));
    const number = numbering();
    await net.advance(50);
    for (const id of numbers(20))
      for (const a of [undefined, 1, 900_000, 2 ** 53 - 1])
        for (const to of [undefined, code, honest.nodeId, "nobody"]) eve.send(packet(number({ t: "k", id, a, to })));
    await net.advance(200);
    expect(isThere).toBe(false);
    for (const id of numbers(20))
      for (const r of ["no", "large", "x".repeat(5000)]) eve.send(packet(number({ t: "k", id, r, to: honest.nodeId })));
    await net.advance(200);
    expect(isThere).toBe(false);
    await net.until(toHost);
    eve.send(packet(number({ t: "k", id: 1, r: "no" })));
    expect(await net.until(toEve)).toBe("undelivered");
    net.link("host", "honest", { rate: Infinity });
    await playOn(all);
  });

  test("[F31] that is busy for ever, or takes nothing, holds up nobody else, and costs no more than a window", async () => {
    const all = await scene();
    const { net, host, eve } = all;
    const number = numbering();
    let most = 0;
    const ends = numbers(5).map(() => codeOf(host.sendTo("eve", new Uint8Array(900_000))));
    for (const i of numbers(200)) {
      if (i % 2) for (const id of numbers(5)) eve.send(packet(number({ t: "k", id: id + 1, r: "busy" })));
      await net.advance(5);
      most = Math.max(most, host.peerStats["eve"]!.bytesSent);
    }
    await playOn(all);
    eve.send(packet(number({ t: "y", sys: "bye" })));
    const codes = await net.until(Promise.all(ends));
    expect(codes).toEqual(Array(5).fill("undelivered"));
    expect(most).toBeLessThan(5_000_000);
  });
});

describe("in a mesh", () => {
  test("[F25, F32] 10,000 transfers by way of the host, and receipts of what was never sent, change nothing", async () => {
    const { net, code, joiners } = await gather(["ann", "bob"], { cut: true });
    const [ann, bob] = joiners as [Network, Network];
    const eve = await joinRaw(net, code, "eve");
    await net.advance(100);
    const heard = record(ann);
    for (const batch of numbers(100)) {
      const inner = numbers(100).flatMap((i) => {
        const at = 100 * batch + i;
        return [
          { n: 2 * at + 1, t: "f", id: at + 1, z: 1000, b: 1 },
          { n: 2 * at + 2, t: "k", id: 1 + (i % 50), a: at },
        ];
      });
      const head = { n: batch + 1, t: "v", to: ann.nodeId, x: 1, b: 100 };
      eve.send(packet(head, [JSON.stringify(inner)], new Uint8Array(100)));
      await net.advance(50);
    }
    const sent = new Uint8Array(300_000).fill(3);
    await net.until(Promise.all([bob.sendTo(ann.nodeId, sent), ann.sendTo(bob.nodeId, sent)]));
    expect(heard.map(([from, data]) => [from, (data as Uint8Array).length])).toEqual([[bob.nodeId, 300_000]]);
    expect([ann.status, bob.status]).toEqual(["connected", "connected"]);
  });
});
