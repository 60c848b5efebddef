import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  encodeFrame,
  joinFrames,
  mailFrame,
  messageFrame,
  numbered,
  parseFrame,
  parseFrames,
  readFrames,
  stateFrame,
} from "../src/frames.ts";
import type { MailFrame } from "../src/frames.ts";
import { MAX_FRAME_BYTES } from "../src/limits.ts";

const parse = (frame: object): ReturnType<typeof parseFrame> => parseFrame(JSON.stringify(frame));

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
    for (const text of recorded) expect(parseFrame(text), text).toEqual(JSON.parse(text));
  });
});

describe("what a frame must be", () => {
  test.each(["", "{", "null", "1", '"m"', "[]", '[{"t":"m"}]', "{}", '{"t":1}', '{"t":"x"}', '{"t":"M","d":1}'])(
    "[F1] %s is none",
    (text) => expect(parseFrame(text)).toBeUndefined(),
  );

  test("[F1] one byte over the limit is too long", () => {
    const frame = messageFrame(JSON.stringify("x".repeat(MAX_FRAME_BYTES - '{"t":"m","d":""}'.length)));
    expect(frame.length).toBe(MAX_FRAME_BYTES);
    expect(parseFrame(frame)).toBeDefined();
    expect(parseFrame(`${frame} `)).toBeUndefined();
  });

  test("[F1] 64 levels are read, 65 are not", () => {
    const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
    expect(parseFrame(messageFrame(nested(63)))).toBeDefined();
    expect(parseFrame(messageFrame(nested(64)))).toBeUndefined();
    expect(parseFrame(messageFrame(nested(100_000)))).toBeUndefined();
  });

  test.each([{ from: "" }, { from: 1 }, { from: null }, { from: "a".repeat(65) }, { to: "__proto__" }, { to: {} }])(
    "[F2] a frame with %o is dropped whole",
    (wrong) => expect(parse({ t: "m", d: 1, ...wrong })).toBeUndefined(),
  );

  test.each([0, -1, 1.5, 2 ** 53, "1", null, {}])("[F3] %o is no number of a frame", (wrong) => {
    expect(parse({ t: "m", d: 1, n: wrong })).toBeUndefined();
    expect(parse({ t: "s", d: 1, q: wrong })).toBeUndefined();
  });

  test("[F3] NaN and Infinity cannot be written in JSON, and 1e999 is neither", () => {
    expect(parseFrame('{"t":"s","d":1,"q":1e999}')).toBeUndefined();
    expect(parseFrame('{"t":"s","d":1,"q":NaN}')).toBeUndefined();
  });

  test("[F4] a key named __proto__ never reaches the application", () => {
    const frame = parseFrame('{"t":"m","d":{"__proto__":{"admin":true},"\\u005f_proto__":1,"x":1}}');
    expect(frame).toEqual({ t: "m", d: { x: 1 } });
    expect(Object.keys((frame as { d: object }).d)).toEqual(["x"]);
  });

  test("[F4] a message without data carries null", () => {
    expect(parse({ t: "m" })).toEqual({ t: "m", d: null });
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
    expect(parse({ t: "m", d: 1, later: true })).toMatchObject({ t: "m", d: 1 });
    expect(parse({ t: "y", sys: "later" })).toBeUndefined();
  });
});

describe("what is written is read again", () => {
  test.each([null, "", 0, -1.5, '\u{1F600}\u2028"\\', [], {}, { a: [{ b: null }] }])("[F4] data %o", (data) => {
    const json = JSON.stringify(data);
    expect(parseFrame(numbered(messageFrame(json, "a", "b"), 7))).toEqual({
      t: "m",
      n: 7,
      from: "a",
      to: "b",
      d: data,
    });
    expect(parseFrame(stateFrame(json, 9, "a"))).toEqual({ t: "s", q: 9, from: "a", d: data });
  });

  test("[F10] every frame of the stream can carry a number", () => {
    const bye = { t: "y", sys: "bye" } as const;
    expect(parseFrame(numbered(encodeFrame(bye), 3))).toEqual({ ...bye, n: 3 });
  });
});

describe("batches", () => {
  test("[F16] frames that were joined are read again, in order", () => {
    const frames = [1, 2, 3].map((n) => numbered(messageFrame(String(n)), n));
    expect(parseFrames(joinFrames(frames))).toEqual([1, 2, 3].map((n) => ({ t: "m", d: n, n })));
    expect(joinFrames(frames.slice(0, 1))).toBe(frames[0]);
  });

  test("[F16] a broken frame spoils only itself, a broken batch is one broken frame", () => {
    expect(parseFrames('[{"t":"m","d":1},5,{"t":"x"},{"t":"m","d":2}]')).toEqual([
      { t: "m", d: 1 },
      undefined,
      undefined,
      { t: "m", d: 2 },
    ]);
    for (const text of ["[", "[[]]", "[1,", `[${"[".repeat(200)}`, `[${" ".repeat(MAX_FRAME_BYTES)}]`])
      expect(parseFrames(text)).toEqual([undefined]);
    expect(parseFrames("[]")).toEqual([undefined]);
  });
});

describe("frames of a mesh", () => {
  const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;

  test("[F18] a roster's mesh is a list of ids, or the roster is none", () => {
    const roster = { t: "y", sys: "roster", nodes: ["a", "b"], mesh: ["b"] };
    expect(parse(roster)).toEqual(roster);
    for (const mesh of [null, true, "b", [""], [1], Array(257).fill("a")])
      expect(parse({ ...roster, mesh })).toBeUndefined();
  });

  test("[F19] mail carries frames, one or a batch, reliable or not", () => {
    const one = numbered(messageFrame('{"x":1}'), 5);
    const batch = joinFrames([one, numbered(messageFrame("2"), 6)]);
    for (const [text, count] of [
      [one, 1],
      [batch, 2],
    ] as const) {
      const frame = parseFrame(numbered(mailFrame("v", text, undefined, "b"), 9));
      expect(frame).toEqual({ t: "v", n: 9, to: "b", f: JSON.parse(count === 1 ? `[${text}]` : text) });
      const [first] = readFrames((frame as MailFrame).f);
      expect(first).toEqual({ t: "m", n: 5, d: { x: 1 } });
    }
    expect(parseFrame(mailFrame("w", stateFrame("1", 7), "a"))).toEqual({
      t: "w",
      from: "a",
      f: [{ t: "s", q: 7, d: 1 }],
    });
    for (const f of [undefined, null, {}, "[]", 1]) expect(parse({ t: "v", f })).toBeUndefined();
    expect(readFrames([])).toEqual([undefined]);
    expect(readFrames([1, { t: "m", n: "x" }])).toEqual([undefined, undefined]);
  });

  test("[F19] mail has 66 levels, so that each frame in it has its 64, also in a batch of mail", () => {
    const mail = (levels: number): string => mailFrame("v", messageFrame(nested(levels)), "a");
    expect(parseFrame(mail(63))).toBeDefined();
    expect(parseFrame(mail(64))).toBeUndefined();
    expect(parseFrames(joinFrames([mail(63), mail(64)]))).toEqual([expect.anything(), undefined]);
    // What only looks like mail has 64.
    expect(parse({ t: "m", d: JSON.parse(nested(64)), f: [] })).toBeUndefined();
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
