import { encodePacket } from "@clayground/protocol";
import type { FragmentFrame, ReceiptFrame } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import { encodePayload } from "../src/session/payload.ts";
import { bytesOf, KB, Pair } from "./transfer-pair.ts";

describe("a receiver that lies", () => {
  test.each([
    ["of more than was sent", (a: number): number => a + 10 * KB * KB],
    ["of 2^53 - 1 bytes", (): number => Number.MAX_SAFE_INTEGER],
    ["of nothing", (): number => 0],
    ["of one byte each time", (): number => 1],
  ])("[F31] %s makes nobody believe it, and gets no more than a window", async (_name, lie) => {
    const pair = new Pair();
    const sent: number[] = [];
    pair.b.change = (frame) => [{ ...frame, a: lie((frame as ReceiptFrame).a!) } as ReceiptFrame];
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
      for (; told < (frame as ReceiptFrame).a! - 700; told += 700)
        receipts.push({ t: "k", id: frame.id, a: told + 700 });
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

  test("[F30] sends it byte by byte, and it is whole in the end", async () => {
    const { pair, say } = hostile();
    const text = encodePayload(new Uint8Array(5000), Infinity);
    const whole = encodePacket({ text: text.json, bytes: text.bytes![0] as Uint8Array }) as Uint8Array;
    for (const [i, byte] of whole.entries()) {
      const packet = new Uint8Array(100).fill(byte);
      say({ ...(i === 0 && { z: whole.length }), bytes: packet.subarray(7, 8) });
    }
    await pair.run(10);
    expect(pair.b.heard).toEqual([new Uint8Array(5000)]);
    // What is told is the end alone: nobody asked.
    expect(pair.b.said).toEqual([expect.objectContaining({ a: whole.length })]);
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
