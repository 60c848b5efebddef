import { decodePacket, encodePacket, parseFrames, readBody } from "@clayground/protocol";
import type { MessageFrame, Packet } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../src/testing/seeded-random.ts";
import { ReliableStream } from "../src/transport/reliable-stream.ts";

/** More than any test sends. */
const LIMIT = 64 * 1024 * 1024;

/** What the other side reads in packets that went through a data channel. */
function readMessages(packets: readonly Packet[]): MessageFrame[] {
  return packets.flatMap((packet) => {
    const message = encodePacket(packet);
    const frames = parseFrames(decodePacket(typeof message === "string" ? message : (message.buffer as ArrayBuffer)));
    return frames.map((frame) => frame as MessageFrame);
  });
}

/** What is in these frames, each with its number. */
const dataOf = (frames: readonly MessageFrame[]): unknown[] => frames.map(({ n, body }) => [n, readBody(body)]);

describe("a run of messages", () => {
  /** A stream whose packets are kept whole. */
  function lane(isNumbered = true): { stream: ReliableStream; packets: Packet[] } {
    const packets: Packet[] = [];
    const stream = new ReliableStream(isNumbered);
    stream.attach({ sendReliable: (packet) => packets.push(packet) > 0 });
    return { stream, packets };
  }

  const HEAD = ',"t":"m"';

  test("[F27] of one turn is one frame with one number", async () => {
    const { stream, packets } = lane();
    expect(["1", '"two"', "[3]"].map((json) => stream.say(HEAD, json, LIMIT))).toEqual([1, 1, 1]);
    await Promise.resolve();
    expect(packets).toEqual([{ text: '{"n":1,"t":"m","c":3}\n[1,"two",[3]]', bytes: undefined }]);
    expect(stream.say(HEAD, "4", LIMIT)).toBe(2);
    await Promise.resolve();
    expect(dataOf(readMessages(packets))).toEqual([
      [1, [1, "two", [3]]],
      [2, [4]],
    ]);
  });

  test("[F27] ends where another frame, another receiver or other keys come between, and keeps its place", () => {
    const { stream, packets } = lane();
    stream.say(HEAD, "1", LIMIT);
    stream.say(`${HEAD},"to":"b"`, "2", LIMIT);
    stream.say(HEAD, "3", LIMIT);
    stream.push({ head: `${HEAD},"c":1`, text: "[4]" }, "own", LIMIT);
    stream.say(HEAD, "5,6", LIMIT, ["x", "y"]);
    stream.say(HEAD, "7,8", LIMIT, ["x", "y"]);
    stream.say(HEAD, "9,10", LIMIT, ["y", "x"]);
    stream.say(HEAD, "11", LIMIT);
    stream.flush();
    expect(packets).toHaveLength(1);
    const objects = [
      { x: 5, y: 6 },
      { x: 7, y: 8 },
    ];
    expect(dataOf(readMessages(packets))).toEqual(
      [[1], [2], [3], [4], objects, [{ y: 9, x: 10 }], [11]].map((data, i) => [i + 1, data]),
    );
  });

  test("[F10] does not grow any more once it was given to a path, however often that changes", () => {
    const { stream, packets } = lane();
    stream.say(HEAD, "1", LIMIT);
    stream.flush();
    expect(stream.say(HEAD, "2", LIMIT)).toBe(2);
    const others: Packet[] = [];
    stream.attach({ sendReliable: (packet) => others.push(packet) > 0 });
    expect(stream.say(HEAD, "3", LIMIT)).toBe(3);
    stream.repeat();
    const expected = [1, 2, 3].map((n) => [n, [n]]);
    // The last one of all is not in both: it came when these had left.
    expect(dataOf(readMessages(packets))).toEqual(expected.slice(0, 1));
    expect(dataOf(readMessages(others))).toEqual([...expected.slice(0, 2), ...expected]);
  });

  test("[F10] is repeated byte for byte: the same messages under the same number, and the same bytes", () => {
    const { stream, packets } = lane();
    const say = (from: number): void => {
      for (let i = from; i < from + 40; i++) stream.say(HEAD, `"${"x".repeat(i * 13)}"`, LIMIT);
      stream.push({
        head: `${HEAD},"c":1,"b":3`,
        text: '[null,[[[],"Uint8Array",3]]]',
        bytes: Uint8Array.of(1, 2, from),
      });
      for (let i = from; i < from + 40; i++) stream.say(HEAD, `${i},${i}`, LIMIT, ["x", "y"]);
    };
    say(0);
    stream.flush();
    const left = stream.given;
    // This waits at the time of the change, and may grow until it leaves.
    const others: Packet[] = [];
    stream.attach({ sendReliable: (packet) => others.push(packet) > 0 });
    say(1);
    stream.flush();
    const once = dataOf(readMessages(packets));
    expect(once.length).toBe(left);
    expect(dataOf(readMessages(others)).slice(0, left)).toEqual(once);
    const again: Packet[] = [];
    stream.attach({ sendReliable: (packet) => again.push(packet) > 0 });
    expect(dataOf(readMessages(again))).toEqual(dataOf(readMessages(others)));
  });

  test("[F16] is cut at 16 KiB, and what is full leaves before the turn is over", async () => {
    const { stream, packets } = lane();
    const json = `"${"x".repeat(118)}"`;
    const count = 1000;
    for (let i = 0; i < count; i++) expect(stream.say(HEAD, json, LIMIT)).toBeGreaterThan(0);
    expect(packets.length).toBeGreaterThan(4);
    await Promise.resolve();
    for (const { text } of packets) expect(text.length).toBeLessThanOrEqual(16 * 1024 + 64);
    expect(packets.length).toBeLessThan(10);
    expect(readMessages(packets).flatMap(({ body }) => readBody(body))).toEqual(Array(count).fill("x".repeat(118)));
  });

  test("keeps within its limit, and all of it has room again when it is acknowledged", () => {
    const { stream } = lane();
    const json = `"${"x".repeat(97)}"`;
    let taken = 0;
    while (stream.say(HEAD, json, 1000) > 0) taken++;
    // 100 each, and the head once.
    expect(taken).toBe(9);
    expect(stream.queued).toBe(taken * 100 + HEAD.length);
    expect(stream.push({ head: HEAD, text: json }, "own", 1000)).toBe(0);
    // What is passed on for others has a bound of its own.
    expect(stream.push({ head: HEAD, text: json })).toBe(2);
    stream.flush();
    expect(stream.acknowledge(2)).toBe(true);
    expect(stream.queued).toBe(0);
    expect(stream.say(HEAD, `"${"x".repeat(5000)}"`, 1000)).toBe(3);
    expect(stream.say(HEAD, "1", 1000)).toBe(0);
  });

  test("tells once that a frame is done with, in order, however often it was sent", () => {
    const { stream, packets } = lane();
    const released: number[] = [];
    for (let i = 1; i <= 3; i++) stream.push({ head: `,"x":${i}`, released: () => released.push(i) });
    stream.flush();
    stream.repeat();
    stream.attach({ sendReliable: (packet) => packets.push(packet) > 0 });
    expect(released).toEqual([]);
    stream.acknowledge(2);
    expect(released).toEqual([1, 2]);
    stream.acknowledge(1);
    stream.acknowledge(2);
    stream.acknowledge(3);
    stream.repeat();
    expect(released).toEqual([1, 2, 3]);
  });

  test("takes the room that a frame leaves when it is done with at that moment", () => {
    const { stream, packets } = lane();
    let more = 3;
    const released = (): void => {
      if (more-- > 0) stream.push({ head: `,"x":${more}`, released });
    };
    stream.push({ head: ',"x":3', released });
    for (let n = 1; n <= 4; n++) {
      stream.flush();
      expect(stream.acknowledge(n)).toBe(true);
    }
    expect(stream.queued).toBe(0);
    expect(packets.map(({ text }) => text)).toEqual([3, 2, 1, 0].map((x, i) => `{"n":${i + 1},"x":${x}}`));
  });

  test("[F21] leaves no more unacknowledged than the path's window, but for the frame that fills it", () => {
    const stream = new ReliableStream(true);
    const packets: Packet[] = [];
    stream.attach({ window: 1000, sendReliable: (packet) => packets.push(packet) > 0 });
    for (let i = 0; i < 20; i++) {
      stream.push({ head: `,"x":"${"y".repeat(294)}"` }, "own", LIMIT);
      stream.flush();
    }
    expect(stream.given).toBe(4);
    stream.acknowledge(1);
    expect(stream.given).toBeGreaterThan(4);
    for (let n = 2; n <= 20; n++) expect(stream.acknowledge(n)).toBe(true);
    expect(stream.queued).toBe(0);
  });

  test("[F11] takes an acknowledgment along when much came in", () => {
    const { stream, packets } = lane();
    stream.accept(1, 10_000);
    stream.say(HEAD, "1", LIMIT);
    stream.flush();
    stream.accept(2, 40_000);
    stream.say(HEAD, "2", LIMIT);
    stream.flush();
    stream.say(HEAD, "3", LIMIT);
    stream.flush();
    expect(packets.map((packet) => parseFrames(packet).map((frame) => frame?.t))).toEqual([["m"], ["m", "a"], ["m"]]);
    expect(parseFrames(packets[1]!)[1]).toMatchObject({ t: "a", a: 2 });
    expect(stream.ackDue).toBe(false);
  });
});

test("whatever is said, and whatever paths break: every message is had once, in order and equal, with its bytes", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new SeededRandom(`stream ${seed}`);
    const below = (count: number): number => Math.floor(random.next() * count);
    const sender = new ReliableStream(true);
    const receiver = new ReliableStream(true);
    const said: unknown[] = [];
    const had: unknown[] = [];
    let wire: Packet[] = [];
    let done = 0;
    const connect = (): void => {
      const lane: Packet[] = (wire = []);
      const window = random.chance(0.3) ? 2000 : undefined;
      sender.attach({ ...(window && { window }), sendReliable: (packet) => lane.push(packet) < 8 });
    };
    const deliver = (count: number): void => {
      for (const frame of readMessages(wire.splice(0, count)))
        if (frame.t === "m" && receiver.accept(frame.n, frame.body.json.length)) had.push(...readBody(frame.body)!);
      sender.writable();
    };
    const say = (): void => {
      const x = said.length;
      if (random.chance(0.1)) {
        const bytes = random.bytes(below(200) + 1);
        const frame = {
          head: `,"t":"m","c":1,"b":${bytes.length}`,
          text: `[null,[[[],"Uint8Array",${bytes.length}]]]`,
          bytes,
        };
        sender.push({ ...frame, released: () => done-- }, "own", LIMIT);
        done++;
        said.push(bytes);
      } else if (random.chance(0.4)) {
        sender.say(',"t":"m"', `${x},"\u2028\\n"`, LIMIT, ["x", "y"]);
        said.push({ x, y: "\u2028\n" });
      } else {
        const text = "z".repeat(below(3000));
        sender.say(',"t":"m"', JSON.stringify([x, text]), LIMIT);
        said.push([x, text]);
      }
    };
    connect();
    for (let step = 0; step < 150; step++) {
      const dice = below(10);
      if (dice < 5) say();
      else if (dice < 6) sender.flush();
      else if (dice < 8) deliver(below(6));
      else if (dice < 9) expect(sender.acknowledge(receiver.received)).toBe(true);
      else connect();
    }
    sender.flush();
    for (let turn = 0; turn < 500 && sender.queued > 0; turn++) {
      deliver(8);
      sender.acknowledge(receiver.received);
    }
    expect(had, `seed ${seed}`).toEqual(said);
    expect([sender.queued, done], `seed ${seed}`).toEqual([0, 0]);
  }
});
