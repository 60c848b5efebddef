import type { Packet } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import { ReliableStream } from "../src/transport/reliable-stream.ts";

interface Numbered {
  readonly n: number;
  readonly x: number;
}

/** A path that keeps what it carried, and is full after so many messages. */
function path(room = Infinity): { messages: string[]; sendReliable(packet: Packet): boolean } {
  const messages: string[] = [];
  return { messages, sendReliable: ({ text }) => messages.push(text) < room };
}

/** The heads in messages, batched or not. */
const framesIn = (messages: string[]): Numbered[] =>
  messages.flatMap((message) => JSON.parse(message.split("\n")[0]!) as Numbered | Numbered[]);

const numbers = (messages: string[]): number[] => framesIn(messages).map(({ n }) => n);

/** More than any test sends. */
const LIMIT = 64 * 1024 * 1024;

/** What an acknowledgment that goes out now says. */
function takeAcknowledgment(stream: ReliableStream): number {
  stream.acknowledged();
  return stream.received;
}

/** Pushes a frame in a turn of its own. */
function push(stream: ReliableStream, head = ',"x":0'): void {
  stream.push({ head }, "own", LIMIT);
  stream.flush();
}

describe("a stream to a node of this library", () => {
  test("[F10] numbers its frames from 1, in the order in which they were pushed", () => {
    const stream = new ReliableStream(true);
    const carrier = path();
    stream.attach(carrier);
    for (let i = 0; i < 3; i++) push(stream, `,"x":${i}`);
    expect(carrier.messages).toEqual(['{"n":1,"x":0}', '{"n":2,"x":1}', '{"n":3,"x":2}']);
  });

  test("[F10] a new path repeats what was not acknowledged, and nothing else", () => {
    const stream = new ReliableStream(true);
    stream.attach(path());
    for (let i = 0; i < 5; i++) push(stream);
    stream.acknowledge(2);
    stream.attach(path(0));
    push(stream);
    const next = path();
    stream.attach(next);
    expect(numbers(next.messages)).toEqual([3, 4, 5, 6]);
  });

  test("[F23] a path that breaks while it is handed a frame, and is replaced at once, leaves nothing behind", () => {
    const stream = new ReliableStream(true);
    const fallback = path();
    // As DataChannelLane.send does when the channel throws: closed() > Link.#disconnect() > attach(fallback), then false.
    stream.attach({
      sendReliable: () => {
        stream.attach(fallback);
        return false;
      },
    });
    push(stream, ',"x":1');
    push(stream, ',"x":2');
    expect(framesIn(fallback.messages)).toEqual([
      { n: 1, x: 1 },
      { n: 2, x: 2 },
    ]);
  });

  test("[F16] frames of one turn are one message, those of the next another", async () => {
    const stream = new ReliableStream(true);
    const carrier = path();
    stream.attach(carrier);
    for (let i = 0; i < 3; i++) stream.push({ head: `,"x":${i}` }, "own", LIMIT);
    expect(carrier.messages).toEqual([]);
    await Promise.resolve();
    stream.push({ head: ',"x":3' }, "own", LIMIT);
    await Promise.resolve();
    expect(carrier.messages).toEqual(['[{"n":1,"x":0},{"n":2,"x":1},{"n":3,"x":2}]', '{"n":4,"x":3}']);
  });

  test("[F16] no batch is larger than 16 KiB, but a larger frame goes by itself", () => {
    const stream = new ReliableStream(true);
    const carrier = path();
    stream.attach(carrier);
    const sizes = [9000, 100, 9000, 40_000, 100];
    for (const size of sizes) stream.push({ head: `,"x":"${"y".repeat(size)}"` }, "own", LIMIT);
    stream.flush();
    expect(numbers(carrier.messages)).toEqual([1, 2, 3, 4, 5]);
    expect(carrier.messages.map((message) => framesIn([message]).length)).toEqual([2, 1, 1, 1]);
  });

  test("[F10] only the next number is taken: what was had, or comes too early, is not", () => {
    const stream = new ReliableStream(true);
    expect([1, 1, 3, 2].map((n) => stream.accept(n, 10))).toEqual([true, false, false, true]);
    expect(takeAcknowledgment(stream)).toBe(2);
  });

  test("[F10] what a path has lost is sent again on it", () => {
    const stream = new ReliableStream(true);
    const carrier = path();
    stream.attach(carrier);
    for (let i = 0; i < 3; i++) push(stream);
    expect(stream.given).toBe(3);
    stream.acknowledge(1);
    stream.repeat();
    expect(numbers(carrier.messages)).toEqual([1, 2, 3, 2, 3]);
  });

  test("[F11] an acknowledgment of what was never sent is refused", () => {
    const stream = new ReliableStream(true);
    stream.attach(path());
    push(stream);
    stream.push({ head: ',"x":1' }, "own", LIMIT);
    // The second one did not leave yet.
    expect(stream.acknowledge(2)).toBe(false);
    stream.flush();
    expect(stream.acknowledge(3)).toBe(false);
    expect(stream.acknowledge(2)).toBe(true);
    expect(stream.queued).toBe(0);
  });

  test("[F11] an acknowledgment is due after 64 KiB, and again after the next 64 KiB", () => {
    const stream = new ReliableStream(true);
    stream.accept(1, 65_535);
    expect(stream.ackDue).toBe(false);
    stream.accept(2, 1);
    expect(stream.ackDue).toBe(true);
    expect(takeAcknowledgment(stream)).toBe(2);
    expect(stream.ackDue).toBe(false);
  });

  test("waits while the path is full, and goes on from there", () => {
    const stream = new ReliableStream(true);
    const carrier = path(2);
    stream.attach(carrier);
    for (let i = 0; i < 5; i++) push(stream);
    expect(numbers(carrier.messages)).toEqual([1, 2]);
    stream.writable();
    // Meanwhile the rest has become one message.
    expect(numbers(carrier.messages)).toEqual([1, 2, 3, 4, 5]);
    expect(carrier.messages).toHaveLength(3);
  });

  test("takes one frame of any size, but lets no more than the limit pile up", () => {
    for (const [kind, limit, size] of [
      ["passed-on", undefined, 15 * 1024 * 1024],
      ["own", 1000, 2000],
      ["transfer", 1000, 2000],
    ] as const) {
      const stream = new ReliableStream(true);
      stream.attach(path());
      const big = { head: `,"x":"${"y".repeat(size)}"` };
      expect(stream.push(big, kind, limit)).toBe(1);
      expect(stream.push(big, kind, limit)).toBe(0);
      stream.flush();
      // What left, but may have to be sent again, is kept, too.
      expect(stream.push(big, kind, limit)).toBe(0);
      stream.acknowledge(1);
      expect(stream.push(big, kind, limit)).toBe(2);
    }
  });
});

test("whatever paths break and whenever acknowledgments come, each frame is had exactly once and in order", () => {
  for (let seed = 1; seed <= 300; seed++) {
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const sender = new ReliableStream(true);
    const receiver = new ReliableStream(true);
    const had: number[] = [];
    let wire: string[] = [];
    let pushed = 0;
    const connect = (): void => {
      wire = []; // what was under way is lost
      const lane = wire;
      sender.attach({ sendReliable: ({ text }) => lane.push(text) < 8 });
    };
    connect();
    const deliver = (count: number): void => {
      for (const frame of wire.splice(0, count)) {
        for (const { n, x } of framesIn([frame])) {
          if (receiver.accept(n, 1)) had.push(x);
        }
      }
      sender.writable();
    };
    for (let step = 0; step < 200; step++) {
      const dice = random(10);
      if (dice < 4) sender.push({ head: `,"x":${pushed++}` }, "own", LIMIT);
      else if (dice < 5) sender.flush();
      else if (dice < 8) deliver(random(6));
      else if (dice < 9) sender.acknowledge(takeAcknowledgment(receiver));
      else connect();
    }
    sender.flush();
    while (had.length < pushed) {
      if (wire.length === 0) connect();
      deliver(8);
    }
    expect(had, `seed ${seed}`).toEqual(Array.from({ length: pushed }, (_, i) => i));
  }
});

test("a stream to an existing app is a plain queue: no numbers, and nothing is kept once it is sent", () => {
  const stream = new ReliableStream(false);
  const carrier = path();
  stream.attach(carrier);
  for (let i = 0; i < 2; i++) stream.push({ head: ',"t":"y"' }, "own", LIMIT);
  for (const json of ["1", "2"]) stream.say(',"t":"m"', json, LIMIT);
  stream.flush();
  expect(carrier.messages).toEqual(['{"t":"y"}', '{"t":"y"}', '{"t":"m","d":1}', '{"t":"m","d":2}']);
  expect(stream.queued).toBe(0);
  expect(stream.accept(undefined, 1)).toBe(true);
});
