import { decodePacket, encodePacket, parseFrames } from "@clayground/protocol";
import type { FragmentFrame, ReceiptFrame } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import type { Platform } from "../src/platform/platform.ts";
import { encodePayload } from "../src/session/payload.ts";
import type { MessageProgress, SendOptions, TransferWire } from "../src/session/transfer-wire.ts";
import { Transfers } from "../src/session/transfers.ts";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import type { Outgoing } from "../src/transport/reliable-stream.ts";
import { AnyValues, nameOf } from "./any-value.ts";

type Frame = FragmentFrame | ReceiptFrame;

const KB = 1024;

/** One side: its transfers, and what it hears. */
interface End {
  readonly transfers: Transfers;
  readonly heard: unknown[];
  readonly progress: MessageProgress[];
  /** All that it said, and what is given to the other side of it. */
  readonly said: Frame[];
  change: (frame: Frame) => readonly Frame[];
}

/** Two nodes, "a" and "b", that hear each other over a way that carries so many bytes in a millisecond. */
class Pair {
  readonly clock = new VirtualClock();
  readonly a: End;
  readonly b: End;

  constructor(rate = 1000, delay = 10, limits: { a?: number; b?: number } = {}) {
    this.a = this.#end("b", rate, delay, limits.a, () => this.b);
    this.b = this.#end("a", rate, delay, limits.b, () => this.a);
  }

  async run(ms: number): Promise<void> {
    await this.clock.advance(ms, () => {});
  }

  /** From "a" to "b". What came of it is told, so that no failure goes unheard. */
  send(data: unknown, options: SendOptions = {}): { result: unknown } {
    const sending = { result: undefined as unknown };
    this.a.transfers.send("b", encodePayload(data, Infinity), false, options).then(
      () => (sending.result = "delivered"),
      (error: { code: string }) => (sending.result = error.code),
    );
    return sending;
  }

  #end(other: string, rate: number, delay: number, limit = 64 * KB * KB, to: () => End): End {
    const { clock } = this;
    const me = other === "a" ? "b" : "a";
    let freeAt = 0;
    const post = (_nodeId: string, frame: Outgoing): void => {
      const read = through(frame);
      end.said.push(read);
      for (const changed of end.change(read)) {
        freeAt = Math.max(freeAt, clock.now) + (100 + (changed.t === "f" ? changed.bytes.length : 0)) / rate;
        clock.schedule(freeAt - clock.now + delay, () => to().transfers.received(me, changed));
      }
    };
    const platform: Pick<Platform, "now" | "reportError"> = {
      now: () => clock.now,
      reportError: (error) => {
        throw error;
      },
    };
    const wire: TransferWire = {
      platform: platform as Platform,
      maxMessageSize: limit,
      post,
      maxMessage: () => 256 * KB,
      isPassedOn: () => false,
      message: (_from, data) => end.heard.push(data),
      progress: (_from, progress) => end.progress.push(progress),
    };
    const end: End = { transfers: new Transfers(wire), heard: [], progress: [], said: [], change: (frame) => [frame] };
    return end;
  }
}

/** A frame as the other side reads it. */
function through({ head, bytes }: Outgoing): Frame {
  const message = encodePacket({ text: `{${head.slice(1)}}`, bytes });
  const frames = parseFrames(decodePacket(typeof message === "string" ? message : (message.buffer as ArrayBuffer)));
  expect(frames).toHaveLength(1);
  return frames[0] as Frame;
}

const bytesOf = (size: number, first = 1): Uint8Array => new Uint8Array(size).fill(first);

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
    for (const [rate, delay, most] of [
      [100_000, 200, 4 * KB * KB],
      [1000, 10, 60 * KB],
    ] as const) {
      const pair = new Pair(rate, delay);
      let onWay = 0;
      let peak = 0;
      pair.a.change = (frame) => {
        onWay += (frame as FragmentFrame).bytes.length;
        peak = Math.max(peak, onWay);
        return [frame];
      };
      pair.b.change = (frame) => {
        onWay = (pair.a.said as FragmentFrame[]).reduce((sum, each) => sum + each.bytes.length, 0) - frame.a!;
        return [frame];
      };
      pair.send(bytesOf(rate * 3000));
      await pair.run(2800);
      expect(peak).toBeLessThan(most * 1.1);
      expect(peak).toBeGreaterThan(most / 4);
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
      void pair.a.transfers.send("b", encodePayload(bytesOf(size * KB)), false, {}).then(() => note(String(size)));
    await pair.run(4000);
    expect(order).toEqual(["100", "200", "400", "long"]);
    expect(pair.b.heard.map((data) => (data as Uint8Array).length / KB)).toEqual([100, 200, 400, 3000]);
  });

  test("[F32] of which the window became smaller goes on: nobody waits for a receipt that nobody asked for", async () => {
    // Every 10 s the queue drains; ten at once change places again and again.
    const pair = new Pair(20_000, 40);
    const sendings = Array.from({ length: 10 }, (_, i) => pair.send(bytesOf((60 - i) * KB * KB)));
    await pair.run(20_000);
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
    expect(pair.b.heard).toEqual([bytesOf(900 * KB), bytesOf(300 * KB, 2)]);
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
    const slow = pair.send({ blob: new Slow([bytesOf(200 * KB, 5)]) });
    await pair.run(300);
    expect(pair.b.said).toContainEqual(expect.objectContaining({ id: 2, r: "busy" }));
    for (let i = 0; i < 400; i++) {
      read?.();
      await pair.run(20);
    }
    expect(slow.result).toBe("delivered");
    const { blob } = pair.b.heard.at(-1) as { blob: Blob };
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(bytesOf(200 * KB, 5));
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

describe("a receiver that lies", () => {
  test.each([
    ["of more than was sent", (a: number): number => a + 10 * KB * KB],
    ["of 2^53 - 1 bytes", (): number => Number.MAX_SAFE_INTEGER],
    ["of nothing", (): number => 0],
    ["of one byte each time", (): number => 1],
  ])("[F31] %s makes nobody believe it, and gets no more than a window", async (_name, lie) => {
    const pair = new Pair();
    const sent: number[] = [];
    pair.b.change = (frame) => [{ ...frame, a: lie(frame.a!) } as ReceiptFrame];
    const sending = pair.send(bytesOf(3000 * KB), { onProgress: (progress) => sent.push(progress.sent) });
    await pair.run(10_000);
    expect(sending.result).toBeUndefined();
    expect(sent.length).toBeLessThan(2);
    const said = (pair.a.said as FragmentFrame[]).reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(said).toBeLessThan(20 * KB);
  });

  test("[F31] of every byte by itself, or of half fragments, changes nothing but its own pace", async () => {
    const pair = new Pair();
    let told = 0;
    pair.b.change = (frame) => {
      const receipts: ReceiptFrame[] = [];
      for (; told < frame.a! - 700; told += 700) receipts.push({ t: "k", id: frame.id, a: told + 700 });
      return [...receipts, frame];
    };
    const sending = pair.send(bytesOf(300 * KB));
    await pair.run(5000);
    expect([sending.result, pair.a.transfers.waitingFor("b")]).toEqual(["delivered", 0]);
  });

  test("[F31] of transfers that never were, or are over, is passed over", async () => {
    const pair = new Pair();
    const sending = pair.send(bytesOf(100 * KB));
    await pair.run(1000);
    for (const id of [1, 2, 99])
      for (const r of [undefined, "busy", "large"])
        pair.a.transfers.received("b", { t: "k", id, a: 5, ...(r && { r }) });
    pair.a.transfers.received("nobody", { t: "k", id: 1, a: 5 });
    expect(sending.result).toBe("delivered");
  });
});

describe("a sender that lies", () => {
  /** Fragments to "b" that nobody of ours would send. */
  function hostile(limit = 1000 * KB): { pair: Pair; say: (frame: Partial<FragmentFrame>) => void } {
    const pair = new Pair(1000, 1, { b: limit });
    const say = (frame: Partial<FragmentFrame>): void => {
      pair.b.transfers.received("a", { t: "f", id: 1, bytes: new Uint8Array(), ...frame });
    };
    return { pair, say };
  }

  test("[F32] announces 2^53 - 1 bytes: it is told the limit, and costs nothing", async () => {
    const { pair, say } = hostile();
    say({ z: Number.MAX_SAFE_INTEGER, bytes: bytesOf(10) });
    say({ bytes: bytesOf(10) });
    await pair.run(10);
    expect(pair.b.said).toEqual([expect.objectContaining({ t: "k", id: 1, r: "large", a: 1000 * KB })]);
    expect(pair.b.progress).toEqual([]);
  });

  test("[F32] begins 10,000 at once: no more are taken than one message has bytes, 16 at the most", async () => {
    for (const [z, most] of [
      [600 * KB, 1],
      [300 * KB, 3],
      [100, 16],
    ] as const) {
      const { pair, say } = hostile();
      for (let id = 1; id <= 10_000; id++) say({ id, z, w: 1, bytes: bytesOf(10) });
      await pair.run(2000);
      const busy = pair.b.said.filter((frame) => (frame as ReceiptFrame).r === "busy");
      expect(busy).toHaveLength(10_000 - most);
      expect(pair.b.progress).toHaveLength(most);
      // Another sender is not held up by it.
      const sending = pair.b.said.length;
      pair.b.transfers.received("c", { t: "f", id: 1, z: 100, bytes: bytesOf(10) });
      await pair.run(10);
      expect(pair.b.said).toHaveLength(sending);
    }
  });

  test("[F32] sends more than it announced: that one is over", async () => {
    const { pair, say } = hostile();
    say({ z: 100, bytes: bytesOf(90) });
    say({ bytes: bytesOf(20) });
    say({ bytes: bytesOf(10) });
    await pair.run(10);
    expect(pair.b.said).toEqual([expect.objectContaining({ t: "k", id: 1, r: "no" })]);
    expect(pair.b.heard).toEqual([]);
  });

  test("[F30] sends fragments without bytes, or of what never began, or gives up what is not there", async () => {
    const { pair, say } = hostile();
    say({ bytes: bytesOf(10) });
    say({ x: 1 });
    say({ id: 2, z: 100 });
    await pair.run(10);
    expect(pair.b.said).toEqual([expect.objectContaining({ t: "k", id: 2, r: "no" })]);
    say({ id: 3, z: 100, bytes: bytesOf(10) });
    say({ id: 3, x: 1 });
    say({ id: 3, bytes: bytesOf(90) });
    await pair.run(10);
    expect([pair.b.said.length, pair.b.heard.length]).toEqual([1, 0]);
  });

  test("[F30] byte by byte costs no more memory than the bytes", async () => {
    const { pair, say } = hostile();
    const size = 20 * KB;
    const before = process.memoryUsage().arrayBuffers;
    // Each in a packet of its own, which must not be kept.
    for (let i = 0; i < size; i++)
      say({ ...(i === 0 && { z: size + 1 }), bytes: new Uint8Array(4 * KB).subarray(7, 8) });
    await pair.run(10);
    globalThis.gc?.();
    expect(pair.b.said).toEqual([]);
    say({ x: 1 });
    expect(before).toBeGreaterThan(0);
  });

  test.each([
    ["no text", bytesOf(50, 0)],
    ["a text that is longer than all", bytesOf(50, 255)],
    ["no JSON", Uint8Array.of(0, 0, 0, 2, 91, 91)],
    ["no pair", Uint8Array.of(0, 0, 0, 2, 91, 93)],
    ["too many bytes", Uint8Array.of(0, 0, 0, 9, ...new TextEncoder().encode("[null,[]]"), 1)],
  ])("[F27] %s in the end is nothing that the application hears of", async (_name, bytes) => {
    const { pair, say } = hostile();
    say({ z: bytes.length, bytes });
    await pair.run(10);
    expect(pair.b.heard).toEqual([]);
    expect(pair.b.said).toEqual([expect.objectContaining({ t: "k", id: 1, a: bytes.length })]);
  });
});
