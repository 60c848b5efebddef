import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encodeFrame, keys, parseFrames, plainMessage } from "../src/frames.ts";
import type { MailFrame } from "../src/frames.ts";
import { MAX_FRAME_BYTES } from "../src/limits.ts";
import { nested, readOne, readPacket, readText } from "./reading.ts";
import type { Seen } from "./reading.ts";

const parse = (frame: object): Seen => readOne(JSON.stringify(frame));

/** A reliable message, all in its frame. */
const messageFrame = (json: string, members: Parameters<typeof keys>[0] = {}): string =>
  plainMessage(keys({ t: "m", ...members }), json);

interface Recorded {
  readonly payload?: unknown;
}

const recorded = readFileSync(new URL("vectors/data-channel.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => (JSON.parse(line) as Recorded).payload)
  .filter((payload) => typeof payload === "string" || typeof payload === "object")
  .map((payload) => (typeof payload === "string" ? payload : JSON.stringify(payload)));

describe("frames that existing apps sent", () => {
  test("[F4] every one of them is understood, with its data, origin and number", () => {
    expect(recorded.length).toBeGreaterThan(100);
    for (const text of recorded) {
      const { d, ...frame } = JSON.parse(text) as Record<string, unknown>;
      const hasData = frame["t"] === "m" || frame["t"] === "s";
      expect(readOne(text), text).toEqual(hasData ? { ...frame, data: [d] } : frame);
    }
  });
});

describe("what a frame must be", () => {
  test.each(["", "{", "null", "1", '"m"', "[]", "[[]]", "{}", '{"t":1}', '{"t":"x"}', '{"t":"M","d":1}'])(
    "[F1] %s is none",
    (text) => expect(readText(text)).toEqual([undefined]),
  );

  test("[F1] one byte over the limit is too long", () => {
    const frame = messageFrame(JSON.stringify("x".repeat(MAX_FRAME_BYTES - '{"t":"m","d":""}'.length)));
    expect(frame.length).toBe(MAX_FRAME_BYTES);
    expect(readOne(frame)).toBeDefined();
    expect(readOne(`${frame} `)).toBeUndefined();
    expect(readPacket({ text: frame, bytes: new Uint8Array(1) })).toEqual([undefined]);
  });

  test("[F1] 64 levels are read, 65 are not", () => {
    expect(readOne(messageFrame(nested(63)))).toBeDefined();
    expect(readOne(messageFrame(nested(64)))).toBeUndefined();
    expect(readOne(messageFrame(nested(100_000)))).toBeUndefined();
  });

  test.each([{ from: "" }, { from: 1 }, { from: null }, { from: "a".repeat(65) }, { to: "__proto__" }, { to: {} }])(
    "[F2] a frame with %o is dropped whole",
    (wrong) => expect(parse({ t: "m", d: 1, ...wrong })).toBeUndefined(),
  );

  test.each([0, -1, 1.5, 2 ** 53, "1", null, {}])("[F3] %o is no number of a frame", (wrong) => {
    expect(parse({ t: "m", d: 1, n: wrong })).toBeUndefined();
    expect(parse({ t: "s", d: 1, q: wrong })).toBeUndefined();
    expect(parse({ t: "e", i: wrong })).toBeUndefined();
    expect(parse({ t: "e", e: wrong })).toBeUndefined();
    expect(parse({ t: "f", id: 1, z: wrong })).toBeUndefined();
    expect(parse({ t: "f", id: 1, w: wrong })).toBeUndefined();
    expect(parse({ t: "f", id: wrong })).toBeUndefined();
    expect(parse({ t: "k", id: wrong, a: 1 })).toBeUndefined();
    // What is taken of the packet is told by numbers, too.
    expect(readText(`${JSON.stringify({ t: "m", c: wrong })}\n[1]`)).toContain(undefined);
    expect(readText(`${JSON.stringify({ t: "v", x: wrong })}\n{"t":"m"}`)).toContain(undefined);
    const text = JSON.stringify({ t: "f", id: 1, b: wrong });
    expect(readPacket({ text, bytes: new Uint8Array(1) })).toContain(undefined);
  });

  test("[F3] NaN and Infinity cannot be written in JSON, and 1e999 is neither", () => {
    expect(readOne('{"t":"s","d":1,"q":1e999}')).toBeUndefined();
    expect(readOne('{"t":"s","d":1,"q":NaN}')).toBeUndefined();
  });

  test("[F4] a key named __proto__ never reaches the application", () => {
    const frame = readOne('{"t":"m","d":{"__proto__":{"admin":true},"\\u005f_proto__":1,"x":1}}');
    expect(frame).toEqual({ t: "m", data: [{ x: 1 }] });
    expect(Object.keys((frame as { data: [object] }).data[0])).toEqual(["x"]);
    expect(readOne('{"t":"m","c":1}\n[{"__proto__":{"admin":true},"x":1}]')).toEqual(frame);
  });

  test("[F4] a message without data carries null", () => {
    expect(parse({ t: "m" })).toEqual({ t: "m", data: [null] });
  });

  test("[F8] a ping's time stamp is echoed as it came, unless it is bulky", () => {
    expect(parse({ t: "p", ts: 1.5 })).toEqual({ t: "p", ts: 1.5 });
    expect(parse({ t: "p", ts: "now" })).toEqual({ t: "p", ts: "now" });
    expect(parse({ t: "p" })).toEqual({ t: "p", ts: null });
    expect(parse({ t: "p", ts: { big: [] } })).toEqual({ t: "p", ts: null });
    expect(parse({ t: "P", ts: "x".repeat(65) })).toEqual({ t: "P", ts: null });
  });

  test("[F9] a roster with one wrong id, or with thousands, is none", () => {
    expect(parse({ t: "y", sys: "roster", nodes: ["a", "b"] })).toEqual({ t: "y", sys: "roster", nodes: ["a", "b"] });
    expect(parse({ t: "y", sys: "roster", nodes: ["a", ""] })).toBeUndefined();
    expect(parse({ t: "y", sys: "roster", nodes: Array(257).fill("a") })).toBeUndefined();
    expect(parse({ t: "y", sys: "node_joined" })).toBeUndefined();
  });

  test("[F11] an acknowledgment may be 0, but nothing below or between", () => {
    expect(parse({ t: "a", a: 0 })).toEqual({ t: "a", a: 0 });
    expect(parse({ t: "a", a: -1 })).toBeUndefined();
    expect(parse({ t: "a" })).toBeUndefined();
    expect(parse({ t: "p", ts: 1, a: 0.5 })).toEqual({ t: "p", ts: 1 });
  });

  test("[F13] a refusal's reason is cut to what is shown to a person", () => {
    expect(parse({ t: "R", r: "x".repeat(1000) })).toEqual({ t: "R", r: "x".repeat(200) });
    expect(parse({ t: "R", r: {} })).toBeUndefined();
  });

  test("[F14] unknown keys are passed over", () => {
    expect(parse({ t: "m", d: 1, later: true })).toMatchObject({ t: "m", data: [1] });
    expect(parse({ t: "y", sys: "later" })).toBeUndefined();
  });
});

describe("what is written is read again", () => {
  test.each([null, "", 0, -1.5, '\u{1F600}\u2028"\\', [], {}, { a: [{ b: null }] }])("[F4] data %o", (data) => {
    const json = JSON.stringify(data);
    const message = messageFrame(json, { n: 7, from: "a", to: "b" });
    expect(readOne(message)).toEqual({ t: "m", n: 7, from: "a", to: "b", data: [data] });
    const state = plainMessage(keys({ t: "s", q: 9, from: "a", k: undefined }), json);
    expect(readOne(state)).toEqual({ t: "s", q: 9, from: "a", data: [data] });
    expect(readOne(`{"t":"s","q":9,"k":"ball","c":1}\n[${json}]`)).toEqual({ t: "s", q: 9, k: "ball", data: [data] });
    expect(readOne(`{"t":"m","n":7,"c":3}\n[${json},${json},1]`)).toEqual({ t: "m", n: 7, data: [data, data, 1] });
  });

  test("[F10] every frame of the stream can carry a number", () => {
    const bye = { t: "y", sys: "bye", n: 3 } as const;
    expect(readOne(encodeFrame(bye))).toEqual(bye);
    const receipt = { t: "k", id: 1, a: 5, n: 3 } as const;
    expect(readOne(encodeFrame(receipt))).toEqual(receipt);
  });

  test("keys are written as JSON, and what is undefined is left out", () => {
    expect(`{${keys({ t: "m", n: 1, from: undefined, to: 'a"b', all: true }).slice(1)}}`).toBe(
      '{"t":"m","n":1,"to":"a\\"b","all":true}',
    );
  });
});

describe("batches", () => {
  const message = (n: number): string => messageFrame(String(n), { n });

  test("[F16] frames that were joined are read again, in order", () => {
    const text = `[${[1, 2, 3].map(message).join()}]`;
    expect(readText(text)).toEqual([1, 2, 3].map((n) => ({ t: "m", data: [n], n })));
    expect(readText(`[${message(1)}]`)).toEqual(readText(message(1)));
  });

  test("[F16] a broken frame spoils only itself, a broken batch is one broken frame", () => {
    expect(readText('[{"t":"m","d":1},5,{"t":"x"},{"t":"m","d":2}]')).toEqual([
      { t: "m", data: [1] },
      undefined,
      undefined,
      { t: "m", data: [2] },
    ]);
    for (const text of ["[", "[[]]", "[1,", `[${"[".repeat(200)}`, `[${" ".repeat(MAX_FRAME_BYTES)}]`])
      expect(readText(text)).toEqual([undefined]);
    expect(readText("[]")).toEqual([undefined]);
  });

  test("[F16] each frame costs its own size, whether its data is inside or beside it", () => {
    const long = "x".repeat(5000);
    const inside = parseFrames({ text: `[{"t":"m","d":1},{"t":"m","d":"${long}"},{"t":"m","d":3}]` });
    const beside = parseFrames({ text: `[{"t":"m","c":1},{"t":"m","c":1},{"t":"m","c":1}]\n[1]\n["${long}"]\n[3]` });
    for (const frames of [inside, beside]) {
      expect(frames.map((frame) => frame!.size > 5000)).toEqual([false, true, false]);
      expect(frames.map((frame) => frame!.size < 100)).toEqual([true, false, true]);
    }
    const bytes = new Uint8Array(3000);
    const text = '[{"t":"f","id":1,"b":1000},{"t":"m","c":1,"b":2000}]\n[null,[[[],"Uint8Array",2000]]]';
    expect(parseFrames({ text, bytes }).map((frame) => Math.floor(frame!.size / 1000))).toEqual([1, 2]);
  });
});

describe("frames of a mesh", () => {
  test("[F18] a roster's mesh is a list of ids, or the roster is none", () => {
    const roster = { t: "y", sys: "roster", nodes: ["a", "b"], mesh: ["b"] };
    expect(parse(roster)).toEqual(roster);
    for (const mesh of [null, true, "b", [""], [1], Array(257).fill("a")])
      expect(parse({ ...roster, mesh })).toBeUndefined();
  });

  const mail = (text: string, members: object = {}, bytes?: Uint8Array): Seen => {
    const head = { t: "v", x: text.split("\n").length, b: bytes?.length, ...members };
    const [frame, ...more] = readPacket({ text: `${JSON.stringify(head)}\n${text}`, bytes });
    expect(more).toEqual([]);
    return frame;
  };

  test("[F19] mail carries a packet, of one line or many, with bytes or not, reliable or not", () => {
    const one = messageFrame('{"x":1}', { n: 5 });
    const batch = `[${one},{"t":"m","n":6,"c":2}]\n[2,3]`;
    for (const [text, lines] of [
      [one, 1],
      [batch, 2],
    ] as const) {
      const frame = mail(text, { n: 9, to: "b" });
      expect(frame).toEqual({ t: "v", n: 9, to: "b", x: lines, mail: { text, bytes: undefined } });
      expect(readPacket((frame as unknown as MailFrame).mail)[0]).toEqual({ t: "m", n: 5, data: [{ x: 1 }] });
    }
    const text = '{"t":"f","id":1,"b":2}';
    const bytes = Uint8Array.of(1, 2);
    expect(mail(text, { from: "a" }, bytes)).toEqual({ t: "v", from: "a", x: 1, b: 2, mail: { text, bytes } });
    const state = '{"t":"s","q":7,"d":1}';
    const lossy = mail(state, { t: "w", from: "a" });
    expect(lossy).toEqual({ t: "w", from: "a", x: 1, mail: { text: state, bytes: undefined } });
  });

  test("[F19] mail without a packet is none", () => {
    for (const x of [undefined, null, 0, -1, 1.5, "1", [], {}, 2]) {
      const [first] = readText(`${JSON.stringify({ t: "v", x })}\n{"t":"m"}`);
      expect(first, String(x)).toBeUndefined();
    }
    expect(mail("")).toBeUndefined();
    expect(readPacket({ text: '{"t":"v","x":1,"b":3}\n{"t":"m"}', bytes: new Uint8Array(2) })).toContain(undefined);
    // As it was before packets.
    expect(parse({ t: "v", f: [{ t: "m", d: 1 }] })).toBeUndefined();
    for (const text of ["[]", '[1,{"t":"m","n":"x"}]']) {
      const inside = readPacket((mail(text) as unknown as MailFrame).mail);
      expect(inside.every((frame) => frame === undefined)).toBe(true);
      expect(inside.length).toBeGreaterThan(0);
    }
  });

  test("[F19] whoever passes mail on reads none of it, and each frame in it has its 64 levels", () => {
    const inside = (levels: number): Seen[] => {
      const frame = mail(messageFrame(nested(levels)));
      return readPacket((frame as unknown as MailFrame).mail);
    };
    expect(inside(63)).toEqual([expect.anything()]);
    expect(inside(64)).toEqual([undefined]);
    expect(mail(nested(100_000))).toMatchObject({ mail: { text: nested(100_000) } });
    // What only looks like mail has 64, too.
    expect(parse({ t: "m", d: JSON.parse(nested(64)), x: 1 })).toBeUndefined();
  });

  test("[F19] mail and other frames share a packet, each with its own lines and bytes", () => {
    const text = [
      '[{"t":"v","to":"b","x":2,"b":1},{"t":"m","c":2},{"t":"v","to":"c","x":1,"b":2}]',
      '[{"t":"m","c":1},{"t":"m","d":1}]',
      "[0]",
      "[1,2]",
      '{"t":"m","d":3}',
    ].join("\n");
    const frames = readPacket({ text, bytes: Uint8Array.of(1, 2, 3) });
    expect(frames).toMatchObject([
      { mail: { text: '[{"t":"m","c":1},{"t":"m","d":1}]\n[0]', bytes: Uint8Array.of(1) } },
      { t: "m", data: [1, 2] },
      { mail: { text: '{"t":"m","d":3}', bytes: Uint8Array.of(2, 3) } },
    ]);
    expect(frames).toHaveLength(3);
  });

  test("[F20] signaling in mail is read as from a server", () => {
    const payload = { type: "data", connectionId: "a_b_1", sdp: { type: "offer", sdp: "v=0\r\n" } };
    expect(parse({ t: "g", type: "OFFER", payload })).toEqual({
      t: "g",
      type: "OFFER",
      payload: { ...payload, label: "" },
    });
    expect(parse({ t: "g", type: "OFFER", payload: { ...payload, sdp: "nonsense" } })).toBeUndefined();
    for (const type of ["ANSWER", "CANDIDATE", "REJECT", "LEAVE", "toString", "__proto__", {}, 1, undefined])
      expect(parse({ t: "g", type, payload })).toBeUndefined();
  });
});
