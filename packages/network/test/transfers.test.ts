import type { FragmentFrame, ReceiptFrame } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import { encodePayload } from "../src/session/payload.ts";
import { AnyValues, nameOf } from "./any-value.ts";
import { bytesOf, KB, Pair } from "./transfer-pair.ts";

describe("a transfer", () => {
  test("[F30] brings any value as it is: bytes, text, blobs, nothing, all in one", async () => {
    const pair = new Pair(10_000, 2);
    const values = new AnyValues("transfers");
    const said = Array.from({ length: 60 }, () => values.next(300 * KB).data);
    const results: unknown[] = [];
    for (const data of said) {
      const sending = pair.send(data);
      await pair.run(2000);
      results.push(sending.result);
    }
    expect(results).toEqual(said.map(() => "delivered"));
    expect(await nameOf(pair.b.heard)).toBe(await nameOf(said));
    // The first one has the size in all, and together they have so many bytes.
    const fragments = pair.a.said as FragmentFrame[];
    const ids = [...new Set(fragments.map(({ id }) => id))];
    expect(ids).toEqual(said.map((_, i) => i + 1));
    for (const id of ids) {
      const own = fragments.filter((each) => each.id === id);
      expect(own.slice(1).every(({ z }) => z === undefined)).toBe(true);
      expect(own.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(own[0]!.z);
    }
  });

  test("[F31] tells both sides how far it is, and resolves when all of it has arrived", async () => {
    const pair = new Pair(1000, 10);
    const sent: { sent: number; total: number }[] = [];
    const sending = pair.send(bytesOf(500 * KB), { onProgress: (progress) => sent.push(progress) });
    await pair.run(300);
    expect(sending.result).toBeUndefined();
    await pair.run(1000);
    expect(sending.result).toBe("delivered");
    const { total } = sent[0]!;
    for (const steps of [sent.map((each) => each.sent), pair.b.progress.map((each) => each.received)]) {
      expect(steps.length).toBeGreaterThan(5);
      expect(steps).toEqual([...new Set(steps)].sort((one, other) => one - other));
      expect(steps.at(-1)).toBe(total);
    }
    expect(pair.a.transfers.waitingFor("b")).toBe(0);
  });

  test("[F32] leaves at most 4 MiB on its way, and a small part of it where that would delay others", async () => {
    for (const [rate, delay, least, most] of [
      [50_000, 100, 2 * KB * KB, 4.2 * KB * KB],
      [1000, 10, 15 * KB, 60 * KB],
    ] as const) {
      const pair = new Pair(rate, delay);
      let left = 0;
      let arrived = 0;
      let peak = 0;
      pair.a.change = (frame) => {
        left += (frame as FragmentFrame).bytes.length;
        peak = Math.max(peak, left - arrived);
        return [frame];
      };
      pair.b.change = (frame) => {
        arrived = (frame as ReceiptFrame).a!;
        return [frame];
      };
      pair.send(bytesOf(60 * KB * KB));
      await pair.run(3000);
      expect(peak).toBeLessThan(most);
      expect(peak).toBeGreaterThan(least);
    }
  });

  test("[F32] that is short overtakes a long one, and that one has all the rest", async () => {
    const pair = new Pair(1000, 10);
    const order: string[] = [];
    const note = (name: string): void => void order.push(name);
    const long = pair.a.transfers.send("b", encodePayload(bytesOf(3000 * KB), Infinity), false, {});
    void long.then(() => note("long"));
    await pair.run(500);
    for (const size of [400, 100, 200])
      void pair.a.transfers
        .send("b", encodePayload(bytesOf(size * KB), Infinity), false, {})
        .then(() => note(String(size)));
    await pair.run(4000);
    expect(order).toEqual(["100", "200", "400", "long"]);
    expect(pair.b.heard.map((data) => (data as Uint8Array).length / KB)).toEqual([100, 200, 400, 3000]);
  });

  test("[F32] of which the window became smaller goes on: nobody waits for a receipt that nobody asked for", async () => {
    // Every 10 s the queue drains; ten at once change places again and again.
    const pair = new Pair(4000, 40);
    const sendings = Array.from({ length: 10 }, (_, i) => pair.send(bytesOf((7 - 0.1 * i) * KB * KB)));
    await pair.run(12_000);
    for (let i = 0; i < 5; i++) sendings.push(pair.send(bytesOf(100 * KB)));
    await pair.run(20_000);
    expect(sendings.map(({ result }) => result)).toEqual(sendings.map(() => "delivered"));
  });
});

describe("that is given up", () => {
  test("[F30] by its sender frees both sides, and the next one has the whole way", async () => {
    const pair = new Pair(1000, 10);
    const controller = new AbortController();
    const sending = pair.send(bytesOf(5000 * KB), { signal: controller.signal });
    await pair.run(1000);
    controller.abort();
    await pair.run(100);
    expect(sending.result).toBe("aborted");
    expect(pair.a.transfers.waitingFor("b")).toBe(0);
    expect(pair.a.said.at(-1)).toMatchObject({ t: "f", id: 1, x: 1 });
    const next = pair.send(bytesOf(500 * KB));
    await pair.run(1000);
    expect([next.result, pair.b.heard.length]).toEqual(["delivered", 1]);
  });

  test("[F30] before it began, or after it arrived, says nothing", async () => {
    const pair = new Pair();
    const before = pair.send(bytesOf(100 * KB), { signal: AbortSignal.abort() });
    const controller = new AbortController();
    const after = pair.send(bytesOf(100 * KB), { signal: controller.signal });
    await pair.run(1000);
    const said = pair.a.said.length;
    controller.abort();
    await pair.run(1000);
    expect([before.result, after.result]).toEqual(["aborted", "delivered"]);
    expect(pair.a.said).toHaveLength(said);
  });

  test("[F30] by its own progress ends there", async () => {
    const pair = new Pair();
    const controller = new AbortController();
    let told = 0;
    const onProgress = (): void => {
      told++;
      controller.abort();
    };
    const sending = pair.send(bytesOf(1000 * KB), { signal: controller.signal, onProgress });
    await pair.run(2000);
    expect([sending.result, told, pair.b.heard.length]).toEqual(["aborted", 1, 0]);
  });

  test("[F30] because the node is gone ends all, and nothing is sent any more, whoever says so", async () => {
    const pair = new Pair();
    const sendings = [1, 2, 3].map(() => pair.send(bytesOf(1000 * KB)));
    sendings.push(pair.send(bytesOf(10 * KB), { onProgress: () => pair.a.transfers.forget("b") }));
    await pair.run(5000);
    expect(sendings.map(({ result }) => result)).toEqual(Array(4).fill("undelivered"));
    const said = pair.a.said.length;
    await pair.run(5000);
    expect(pair.a.said).toHaveLength(said);
    expect(pair.b.heard.length).toBeLessThan(2);
  });

  test("[F30] because a file cannot be read rejects", async () => {
    class Deleted extends Blob {
      override slice(): Blob {
        return this;
      }
      override arrayBuffer(): Promise<ArrayBuffer> {
        return Promise.reject(new Error("gone"));
      }
    }
    const pair = new Pair();
    const sending = pair.send({ file: new Deleted(["abc"]) });
    await pair.run(1000);
    expect([sending.result, pair.b.heard]).toEqual(["invalid-data", []]);
    expect(pair.a.said.at(-1)).toMatchObject({ x: 1 });
  });
});

describe("that is refused", () => {
  test("[F31] because it is too large ends at once, and the limit is exact to the byte", async () => {
    const pair = new Pair(1000, 10, { b: 200 * KB });
    const [fits, large] = [pair.send(bytesOf(200 * KB)), pair.send(bytesOf(400 * KB))];
    await pair.run(2000);
    expect([fits.result, large.result]).toEqual(["delivered", "message-too-large"]);
    expect(pair.b.said).toContainEqual(expect.objectContaining({ t: "k", id: 2, r: "large", a: 200 * KB }));
  });

  test("[F31] for now begins anew when another one is done", async () => {
    // Together they have more than one message may have.
    const pair = new Pair(1000, 10, { b: 1000 * KB });
    const long = pair.send(bytesOf(900 * KB));
    await pair.run(200);
    const short = pair.send(bytesOf(300 * KB, 2));
    await pair.run(200);
    expect(pair.b.said).toContainEqual(expect.objectContaining({ t: "k", id: 2, r: "busy" }));
    await pair.run(3000);
    expect([long.result, short.result]).toEqual(["delivered", "delivered"]);
    expect(await nameOf(pair.b.heard)).toBe(await nameOf([bytesOf(900 * KB), bytesOf(300 * KB, 2)]));
  });

  test("[F31] for now, because of one that is given up at that moment, arrives", async () => {
    const pair = new Pair(1000, 50, { b: 1000 * KB });
    const controller = new AbortController();
    const long = pair.send(bytesOf(900 * KB), { signal: controller.signal });
    await pair.run(300);
    const short = pair.send(bytesOf(300 * KB));
    await pair.run(60);
    controller.abort();
    await pair.run(3000);
    expect(pair.b.said).toContainEqual(expect.objectContaining({ t: "k", id: 2, r: "busy" }));
    expect([long.result, short.result]).toEqual(["aborted", "delivered"]);
  });

  test("[F31] for now while a blob of it is read begins anew, not in the middle", async () => {
    let read: (() => void) | undefined;
    class Slow extends Blob {
      override slice(start?: number, end?: number): Blob {
        const part = super.slice(start, end);
        const bytes = bytesOf(part.size, 5);
        part.arrayBuffer = () => new Promise((resolve) => (read = () => resolve(bytes.buffer as ArrayBuffer)));
        return part;
      }
    }
    const pair = new Pair(1000, 5, { b: 1000 * KB });
    pair.send(bytesOf(900 * KB));
    await pair.run(300);
    const slow = pair.send({ blob: new Slow(["x".repeat(200 * KB)]) });
    // Only when the other one is done the blob is read.
    await pair.run(3000);
    expect(pair.b.said).toContainEqual(expect.objectContaining({ id: 2, r: "busy" }));
    for (let i = 0; i < 400; i++) {
      read?.();
      await pair.run(20);
    }
    expect(slow.result).toBe("delivered");
    const { blob } = pair.b.heard.at(-1) as { blob: Blob };
    expect(await nameOf(await blob.arrayBuffer())).toBe(await nameOf(bytesOf(200 * KB, 5).buffer));
  });

  test("[F31] for ever, or for another reason, rejects", async () => {
    for (const r of ["busy", "no", "x".repeat(1000)]) {
      const pair = new Pair();
      pair.b.change = (frame) => [{ t: "k", id: frame.id, r }];
      const sending = pair.send(bytesOf(100 * KB));
      await pair.run(5000);
      expect(sending.result).toBe("undelivered");
      expect(pair.a.transfers.waitingFor("b")).toBe(0);
    }
  });
});
