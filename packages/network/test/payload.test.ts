import { decodePacket, encodePacket, parseFrames, readBody } from "@clayground/protocol";
import type { MessageFrame, Packet } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import { NetworkError } from "../src/errors.ts";
import { encodePayload, isBulky, jsonOf, toFrame } from "../src/session/payload.ts";
import type { Payload } from "../src/session/payload.ts";
import { ReliableStream } from "../src/transport/reliable-stream.ts";
import { AnyValues, nameOf } from "./any-value.ts";

const HEAD = ',"t":"m"';

/** What is read at the other side of a data channel. */
function receive(packet: Packet): unknown[] {
  const message = encodePacket(packet);
  const frames = parseFrames(decodePacket(typeof message === "string" ? message : (message.buffer as ArrayBuffer)));
  return frames.flatMap((frame) => readBody((frame as MessageFrame).body)!);
}

/** The data in a frame of its own. */
function travel(data: unknown, limit?: number): unknown {
  const { head, text = "", bytes } = toFrame(HEAD, encodePayload(data, limit));
  const [received, ...more] = receive({ text: `{${head.slice(1)}}\n${text}`, bytes });
  expect(more).toEqual([]);
  return received;
}

function errorOf(run: () => unknown): NetworkError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(NetworkError);
    return error as NetworkError;
  }
  throw new Error("nothing was thrown");
}

const nested = (levels: number): unknown => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);

describe("any value", () => {
  test("[F27] with bytes anywhere is the same at the other side, types and all bytes", async () => {
    const values = new AnyValues("payload");
    for (let i = 0; i < 600; i++) {
      const { data } = values.next(20_000);
      const payload = encodePayload(data);
      if (isBulky(payload)) continue;
      expect(await nameOf(travel(data)), `value ${i}`).toBe(await nameOf(data));
    }
  });

  test("[F27] shares frames with others of its kind, and is the same", async () => {
    const values = new AnyValues("rows");
    const packets: Packet[] = [];
    const stream = new ReliableStream(true);
    stream.attach({ sendReliable: (packet) => packets.push(packet) > 0 });
    const said: unknown[] = [];
    for (let i = 0; i < 600; i++) {
      const { data } = values.next(3000);
      const payload = encodePayload(data, undefined, true);
      if (isBulky(payload)) continue;
      if (payload.bytes) stream.push(toFrame(HEAD, payload), "own");
      else stream.say(HEAD, payload.json, Infinity, payload.names);
      said.push(data);
    }
    stream.flush();
    expect(packets.length).toBeLessThan(said.length / 2);
    expect(await nameOf(packets.flatMap(receive))).toBe(await nameOf(said));
  });

  test("[F27] of an object is its keys and values only where these are all of it", () => {
    const names = (data: unknown): readonly string[] | undefined => encodePayload(data, undefined, true).names;
    expect(names({ x: 1, y: [2] })).toEqual(["x", "y"]);
    expect(encodePayload({ x: 1, y: [2] }, undefined, true).json).toBe("1,[2]");
    const proto = JSON.parse('{"__proto__":1,"x":2}') as unknown;
    for (const other of [null, 1, [1], {}, { x: undefined }, { x: () => 1 }, { x: Symbol("x") }, proto])
      expect(other === null || typeof other !== "object" ? undefined : names(other)).toBeUndefined();
    expect(names({ x: "y".repeat(5000) })).toBeUndefined();
    expect(names({ at: new Date(0) })).toBeUndefined();
    for (const data of [
      { x: 1, y: [2] },
      { b: "ü\n", a: null, 1: { "": 0 } },
    ])
      expect(JSON.parse(jsonOf(encodePayload(data, undefined, true)))).toEqual(data);
  });
});

describe("what JSON makes of values stays as it is", () => {
  test.each([
    [{ a: undefined, b: () => 1, c: 1 }, { c: 1 }],
    [
      [undefined, () => 1, Symbol("a"), 1],
      [null, null, null, 1],
    ],
    [Number.NaN, null],
    [-0, 0],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [
      { at: new Date(0), bytes: Uint8Array.of(1) },
      { at: "1970-01-01T00:00:00.000Z", bytes: Uint8Array.of(1) },
    ],
    [new Map([[1, 2]]), {}],
  ])("%o", (data, expected) => expect(travel(data)).toEqual(expected));
});

describe("bytes", () => {
  test("[F27] of what makes its own JSON are found in it", () => {
    const bytes = Uint8Array.of(1, 2);
    expect(travel({ toJSON: () => ({ a: [bytes] }) })).toEqual({ a: [bytes] });
    expect(travel([{ toJSON: () => bytes }])).toEqual([bytes]);
    expect(travel({ a: { toJSON: () => 5 }, b: bytes })).toEqual({ a: 5, b: bytes });
  });

  test("[F27] of a Node Buffer, a part of a pool, are those bytes and no others", () => {
    const buffer = Buffer.from("abc");
    expect(buffer.buffer.byteLength).toBeGreaterThan(3);
    const received = travel({ buffer }) as { buffer: Uint8Array };
    expect(received.buffer.constructor).toBe(Uint8Array);
    expect(received).toEqual({ buffer: Uint8Array.of(97, 98, 99) });
    expect(received.buffer.buffer.byteLength).toBe(3);
  });

  test("[F27] of a view on a part of a buffer are that part, as the same type", () => {
    const { buffer } = Uint8Array.from({ length: 64 }, (_, i) => i);
    const views = [new Uint16Array(buffer, 2, 3), new DataView(buffer, 3, 5), new Float64Array(buffer, 8, 2)];
    for (const view of views) {
      const received = travel({ view }) as { view: ArrayBufferView };
      expect(received).toEqual({ view });
      expect(received.view.constructor).toBe(view.constructor);
      expect(received.view.buffer.byteLength).toBe(view.byteLength);
    }
    const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(3);
    expect(travel(shared)).toEqual(Uint8Array.of(3, 3, 3, 3));
  });

  test("[F27] at several places of one buffer, or of one object, arrive at each", () => {
    const bytes = Uint8Array.of(1, 2);
    const one = { bytes };
    expect(travel([one, one, { one }, bytes, bytes.buffer])).toEqual([one, one, { one }, bytes, bytes.buffer]);
  });

  test("[F27] that are changed, or taken away, afterwards are sent as they were", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const floats = Float32Array.of(1, 2);
    const { buffer } = Uint8Array.of(7);
    const payload = encodePayload({ bytes, floats, buffer });
    bytes.fill(9);
    floats.fill(9);
    structuredClone(buffer, { transfer: [buffer] });
    const { head, text = "", bytes: sent } = toFrame(HEAD, payload);
    expect(receive({ text: `{${head.slice(1)}}\n${text}`, bytes: sent })).toEqual([
      { bytes: Uint8Array.of(1, 2, 3), floats: Float32Array.of(1, 2), buffer: Uint8Array.of(7).buffer },
    ]);
  });

  test("[F27] may be none, and the only value", () => {
    for (const data of [new Uint8Array(), new ArrayBuffer(0), [new Uint8Array(), new DataView(new ArrayBuffer(0))]])
      expect(travel(data)).toEqual(data);
  });

  test("[F30] of a blob, or a message of over 64 KiB, go as a transfer", () => {
    expect(isBulky(encodePayload({ blob: new Blob(["a"]) }))).toBe(true);
    expect(isBulky(encodePayload("x".repeat(64 * 1024 - 2)))).toBe(false);
    expect(isBulky(encodePayload("x".repeat(64 * 1024 - 1)))).toBe(true);
    expect(isBulky(encodePayload(new Uint8Array(60_000)))).toBe(false);
    expect(isBulky(encodePayload(new Uint8Array(64 * 1024)))).toBe(true);
  });
});

describe("what cannot be sent is refused at once", () => {
  const circle: Record<string, unknown> = {};
  circle["a"] = [circle];
  const circleWithBytes: Record<string, unknown> = { bytes: new Uint8Array(1) };
  circleWithBytes["a"] = { circleWithBytes };
  test.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["a bigint", 1n],
    ["a bigint inside", { a: [1n] }],
    ["a circle", circle],
    ["a circle with bytes", circleWithBytes],
    [
      "what throws",
      {
        toJSON: () => {
          throw new Error("no");
        },
      },
    ],
    ["what makes nothing of itself", { toJSON: () => undefined }],
    ["64 levels", nested(64)],
    ["64 levels with bytes", [nested(63), Uint8Array.of(1)]],
    ["64 levels that something makes of itself", { toJSON: () => nested(64) }],
    ["100,000 levels", nested(5000)],
  ])("%s", (_name, data) => {
    for (const mayBeRow of [true, false])
      expect(errorOf(() => encodePayload(data, undefined, mayBeRow)).code).toBe("invalid-data");
  });

  test("but 63 levels are not", () => {
    expect(travel(nested(63))).toEqual(nested(63));
    const withBytes = [nested(62), Uint8Array.of(1)];
    expect(travel(withBytes)).toEqual(withBytes);
    const { names } = encodePayload({ a: nested(62) }, undefined, true);
    expect(names).toEqual(["a"]);
  });
});

describe("the limit is exact to the byte", () => {
  const size = (data: unknown, mayBeRow: boolean): number => {
    let [fits, fails] = [100_000, 0];
    while (fits - fails > 1) {
      const limit = Math.floor((fits + fails) / 2);
      try {
        encodePayload(data, limit, mayBeRow);
        fits = limit;
      } catch (error) {
        expect(error).toMatchObject({ code: "message-too-large", details: { limit } });
        fails = limit;
      }
    }
    return fits;
  };

  test.each(["a", "ü", "\u2028", "\u{1F600}", "\ud800", '"', "\n", "\0"])("of text of %j", (character) => {
    for (const data of [
      character.repeat(100),
      { [character]: [character.repeat(100)] },
      [character, { a: character }],
    ]) {
      const expected = new TextEncoder().encode(JSON.stringify(data)).length;
      for (const mayBeRow of [false, true]) expect(size(data, mayBeRow)).toBe(expected);
    }
  });

  test("of bytes, whose table counts as nothing where it is small", () => {
    expect(size(new Uint8Array(1000), false)).toBeLessThanOrEqual(1004);
    expect(size(new Uint8Array(1000), false)).toBeGreaterThanOrEqual(1000);
    expect(() => encodePayload(new Uint8Array(1001), 1000)).toThrow(NetworkError);
    const text = "ü".repeat(50);
    const both = size({ text, bytes: new Uint8Array(1000) }, false);
    expect(both - 1000 - new TextEncoder().encode(JSON.stringify({ text, bytes: null })).length).toBe(0);
    expect(size(new Blob([new Uint8Array(1000)]), false)).toBe(size(new Uint8Array(1000), false));
  });

  test("what is said of a payload's size is what it takes", () => {
    const sizes = (payload: Payload): [number, number] => [payload.size, payload.json.length];
    expect(sizes(encodePayload("abc"))).toEqual([5, 5]);
    expect(encodePayload({ x: 1 }, undefined, true).size).toBe('"x",1'.length);
    const payload = encodePayload(new Uint8Array(10));
    expect(payload.size).toBe(payload.json.length + 10);
  });
});
