import { describe, expect, test } from "vitest";
import {
  ByteReader,
  decodePacket,
  decodePlain,
  encodePacket,
  encodePlain,
  joinBytes,
  takeText,
} from "../src/packet.ts";
import type { Packet } from "../src/packet.ts";
import { MAX_FRAME_BYTES } from "../src/limits.ts";
import { readPacket, readText } from "./reading.ts";

/** A packet as it comes out of a data channel. */
function through(packet: Packet): Packet {
  const encoded = encodePacket(packet);
  return decodePacket(typeof encoded === "string" ? encoded : encoded.slice().buffer);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A message of bytes that says its text has so many bytes. */
function message(length: number, ...rest: number[]): ArrayBuffer {
  const bytes = new Uint8Array(4 + rest.length);
  new DataView(bytes.buffer).setUint32(0, length);
  bytes.set(rest, 4);
  return bytes.buffer;
}

describe("a packet", () => {
  test("[F26] without bytes is text, as it is", () => {
    for (const text of ["", "{}", '{"t":"m","c":1}\n["\u{1F600}"]', "\uFEFF1"]) {
      expect(encodePacket({ text })).toBe(text);
      expect(through({ text })).toEqual({ text });
    }
  });

  test("[F26] with bytes is the length of its text, most significant byte first, the text and the bytes", () => {
    const encoded = encodePacket({ text: "aü", bytes: Uint8Array.of(0, 255) });
    expect(encoded).toEqual(Uint8Array.of(0, 0, 0, 3, 97, 195, 188, 0, 255));
  });

  test.each(["", "a", "ü\u2028\u{1F600}\0", "\uFEFF{}", "x".repeat(70_000)])(
    "[F26] %# comes out as it went in",
    (text) => {
      for (const bytes of [new Uint8Array(), Uint8Array.of(0), new Uint8Array(70_000).fill(7)])
        expect(through({ text, bytes })).toEqual({ text, bytes });
    },
  );

  test("[F26] the bytes may be a part of a larger buffer", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 3);
    expect(through({ text: "{}", bytes })).toEqual({ text: "{}", bytes: Uint8Array.of(2, 3) });
  });

  test("[F26] whose text does not fit in is one broken frame", () => {
    const broken = [
      message(0).slice(0, 3),
      new ArrayBuffer(0),
      message(1),
      message(3, 97, 97),
      message(2 ** 32 - 1, 97),
    ];
    for (const bytes of broken) expect(readPacket(decodePacket(bytes))).toEqual([undefined]);
    // It is there, but it is no frame; nor is UTF-8 that is none.
    for (const bytes of [message(0), message(1, 97), message(0, 1, 2), message(2, 0xff, 0xfe)]) {
      const frames = readPacket(decodePacket(bytes));
      expect(frames.length).toBeGreaterThan(0);
      expect(frames.every((frame) => frame === undefined)).toBe(true);
    }
  });

  test("[F1] has at most 262,144 of text and bytes", () => {
    const text = (b: number): string => `{"t":"f","id":1,"b":${b}}`;
    const size = MAX_FRAME_BYTES - text(100_000).length;
    expect(readPacket({ text: text(size), bytes: new Uint8Array(size) })).toEqual([expect.anything()]);
    expect(readPacket({ text: text(size + 1), bytes: new Uint8Array(size + 1) })).toEqual([undefined]);
  });

  test("[F4] of an existing app is UTF-8 or text, and is answered in UTF-8", () => {
    const text = '{"t":"m","d":"ü"}';
    expect(decodePlain(text)).toEqual({ text });
    expect(decodePlain(utf8(text).buffer as ArrayBuffer)).toEqual({ text });
    expect(encodePlain({ text })).toEqual(utf8(text));
  });
});

describe("lines and bytes belong to the heads in their order", () => {
  test("[F26] each head takes its own", () => {
    const text =
      '[{"t":"m","c":2},{"t":"m","d":0},{"t":"f","id":7,"b":1},{"t":"m","c":1,"b":2}]\n[1,2]\n[null,[[[],"Int8Array",2]]]';
    expect(readPacket({ text, bytes: Uint8Array.of(9, 1, 255) })).toEqual([
      { t: "m", data: [1, 2] },
      { t: "m", data: [0] },
      { t: "f", id: 7, b: 1, bytes: Uint8Array.of(9) },
      { t: "m", data: [Int8Array.of(1, -1)] },
    ]);
  });

  test("[F26] lines too few or too many are one broken frame", () => {
    expect(readText('{"t":"m","c":1}')).toEqual([undefined]);
    expect(readText('[{"t":"m","c":1},{"t":"m","c":1}]\n[1]')).toEqual([{ t: "m", data: [1] }, undefined]);
    expect(readText('{"t":"m","c":1}\n[1]\n[2]\n[3]')).toEqual([{ t: "m", data: [1] }, undefined]);
    expect(readText('{"t":"m","d":1}\n')).toEqual([{ t: "m", data: [1] }, undefined]);
  });

  test("[F26] bytes too few or too many are one broken frame", () => {
    const text = '[{"t":"f","id":1,"b":2},{"t":"f","id":2,"b":2}]';
    const first = { t: "f", id: 1, b: 2, bytes: Uint8Array.of(1, 2) };
    const second = { t: "f", id: 2, b: 2, bytes: Uint8Array.of(3, 4) };
    expect(readPacket({ text })).toEqual([undefined, undefined]);
    expect(readPacket({ text, bytes: Uint8Array.of(1, 2, 3) })).toEqual([first, undefined, undefined]);
    expect(readPacket({ text, bytes: Uint8Array.of(1, 2, 3, 4) })).toEqual([first, second]);
    expect(readPacket({ text, bytes: Uint8Array.of(1, 2, 3, 4, 5) })).toEqual([first, second, undefined]);
    // A count of 2^53 - 1 takes no memory.
    const huge = `{"t":"f","id":1,"b":${Number.MAX_SAFE_INTEGER}}`;
    expect(readPacket({ text: huge, bytes: Uint8Array.of(1) })).toContain(undefined);
    expect(readPacket({ text: '{"t":"v","x":9007199254740991}\n1' })).toContain(undefined);
  });

  test("[F30] the last fragment of a transfer that is given up has no bytes", () => {
    expect(readText('{"t":"f","id":1,"x":1}')).toEqual([{ t: "f", id: 1, x: 1, bytes: new Uint8Array() }]);
  });
});

describe("bytes that came in pieces", () => {
  test("are read across their borders, in memory of their own", () => {
    const parts = [
      Uint8Array.of(0, 0),
      new Uint8Array(),
      Uint8Array.of(0, 2, 97),
      Uint8Array.of(98, 1, 2),
      Uint8Array.of(3),
    ];
    const reader = new ByteReader(parts);
    expect(reader.left).toBe(9);
    expect(takeText(reader)).toBe("ab");
    const taken = reader.take(2)!;
    expect(taken).toEqual(Uint8Array.of(1, 2));
    expect(taken.buffer.byteLength).toBe(2);
    expect([reader.take(0), reader.left, reader.take(1), reader.left]).toEqual([
      new Uint8Array(),
      1,
      Uint8Array.of(3),
      0,
    ]);
  });

  test.each([-1, 0.5, Number.NaN, Infinity, 4, 2 ** 53, "1", null, undefined, {}, []])(
    "%o is no number of them",
    (length) => {
      const reader = new ByteReader([Uint8Array.of(1, 2), Uint8Array.of(3)]);
      expect(reader.take(length as number)).toBeUndefined();
      expect(reader.take(3)).toEqual(Uint8Array.of(1, 2, 3));
    },
  );

  test("have no text where its length does not fit in", () => {
    for (const bytes of [[], [0, 0, 0], [0, 0, 0, 1], [255, 255, 255, 255, 97]])
      expect(takeText(new ByteReader([Uint8Array.from(bytes)]))).toBeUndefined();
    expect(takeText(new ByteReader([Uint8Array.of(0, 0, 0, 0)]))).toBe("");
  });

  test("are put together", () => {
    const one = Uint8Array.of(1, 2);
    expect(joinBytes([])).toEqual(new Uint8Array());
    expect(joinBytes([one, new Uint8Array(), Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3));
  });
});
