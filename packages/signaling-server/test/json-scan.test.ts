import { parseClientEnvelope } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import { forwardedFrame, outgoingText, readClientFrame } from "../src/forwarded-frame.ts";
import { scanFrame } from "../src/json-scan.ts";
import { seededRandom, type Random } from "./random.ts";

/** What another client gets of a frame. */
function forwarded(frame: string): string | undefined {
  const source = Buffer.from(frame);
  const message = readClientFrame(source);
  const outgoing = message && forwardedFrame(source, message, "ME");
  return outgoing && outgoingText(outgoing);
}

/** What it must get: the frame read and written by `JSON`. */
function expected(frame: string): string | undefined {
  const envelope = parseClientEnvelope(frame);
  if (!envelope) return undefined;
  const { type, dst = "", payload } = envelope;
  return JSON.stringify({ type, src: "ME", dst, payload });
}

/** As `JSON` writes it: without white space, and with 0 for -0. */
function rewritten(frame: string | undefined): string | undefined {
  return frame === undefined ? undefined : JSON.stringify(JSON.parse(frame));
}

describe("a frame whose payload is passed on as it is", () => {
  const offer = {
    type: "OFFER",
    dst: "A",
    payload: { sdp: { type: "offer", sdp: "v=0\r\na=1\r\n" }, n: [1, -0.5, null] },
  };

  test("[S25] keeps its payload byte for byte, with white space, numbers and escapes", () => {
    const payload =
      '{ "a" : [1.10, 1e400, -2E-05, 1e+2, -0, true,false , null, "\\"\\\\\\/\\b\\f\\n\\r\\t", "ä🙂"],"b":{}, "c":[] }';
    expect(forwarded(` {"payload": ${payload} , "src":"FORGED","type":"X" ,"dst":"A"} `)).toBe(
      `{"type":"X","src":"ME","dst":"A","payload":${payload}}`,
    );
  });

  test.each(["\\q", "\u0001", "\n"])(
    "[S25] %j inside of a string in its payload is for its receiver to refuse",
    (wrong) => {
      const frame = forwarded(`{"type":"X","dst":"A","payload":"${wrong}"}`) ?? "";
      expect(() => JSON.parse(frame) as unknown).toThrow(SyntaxError);
      expect(scanFrame(Buffer.from('{"type":"X","dst":"A\\q"}'))).toBeUndefined();
    },
  );

  test("[S25] is what apps send: all of it takes the fast way", () => {
    expect(scanFrame(Buffer.from(JSON.stringify(offer)))).toMatchObject({ type: "OFFER", dst: "A" });
    expect(scanFrame(Buffer.from('{"type":"HEARTBEAT"}'))).toEqual({
      type: "HEARTBEAT",
      dst: undefined,
      start: 0,
      end: 0,
    });
  });

  test.each([
    ["a name twice: the last one counts, as everywhere", '{"type":"X","type":"Y","dst":"A","payload":1,"payload":2}'],
    ["an escaped name", '{"\\u0074ype":"X","dst":"A","p\\u0061yload":1}'],
    ["an escaped name inside of the payload", '{"type":"X","dst":"A","payload":{"\\u005f_proto__":1,"a":2}}'],
    ["__proto__", '{"type":"X","dst":"A","payload":{"__proto__":{"polluted":1},"a":[{"__proto__":1}]}}'],
    ["an exponent", '{"type":"X","dst":"A","payload":1e400}'],
    ["exponents and an escaped name", '{"type":"X","dst":"A","payload":{"\\u0061":[1E2,-1.5e-7,2e+3]}}'],
    ["a lone surrogate", '{"type":"X","dst":"A","payload":"\\ud800"}'],
    ["no payload", '{"type":"X","dst":"A"}'],
    ["64 levels", `{"type":"X","dst":"A","payload":${"[".repeat(63)}${"]".repeat(63)}}`],
  ])("[S25] with %s, others get what JSON reads", (_what, frame) => {
    expect(rewritten(forwarded(frame))).toBe(expected(frame));
  });

  test.each([
    `{"type":"X","dst":"A","payload":${"[".repeat(64)}${"]".repeat(64)}}`,
    '{"type":"X","dst":"A","payload":01}',
    '{"type":"X","dst":"A","payload":1.}',
    '{"type":"X","dst":"A","payload":-}',
    '{"type":"X","dst":"A","payload":1e}',
    '{"type":"X","dst":"A","payload":1e+}',
    '{"type":"X","dst":"A","payload":1e2.5}',
    '{"type":"X","dst":"A","payload":.5e1}',
    '{"type":"X","dst":"A","payload":"\\"}',
    '{"type":"X","dst":"A","payload":tru}',
    '{"type":"X","dst":"A","payload":{"a":1,}}',
    '{"type":"X","dst":"A","payload":[1,]}',
    '{"type":"X","dst":"A","payload":}',
    '{"type":"X","dst":"A",}',
    '{"type":"X","dst":"A"',
    '{"type":"X","dst":"A"}}',
    '{"type":"X" "dst":"A"}',
    `{"type":"${"X".repeat(33)}","dst":"A"}`,
    '{"type":"","dst":"A"}',
    '{"type":"X","dst":"<b>"}',
    '{"type":"X","dst":null}',
    `{"type":"X","dst":"A","payload":"${"x".repeat(64 * 1024)}"}`,
  ])("[S14] broken frame %# goes nowhere", (frame) => {
    expect(forwarded(frame)).toBeUndefined();
  });

  test("[S14] a frame that is written anew is never longer than a frame may be", () => {
    const frame = `{"type":"X","dst":"A","payload":{"\\u0061":[${"1e20,".repeat(3200)}0]}}`;
    expect(JSON.stringify(JSON.parse(frame)).length).toBeGreaterThan(64 * 1024);
    expect(forwarded(frame)).toBeUndefined();
  });

  test("[S33] what would have to be parsed has at most 16 KiB; what is scanned, 64", () => {
    const list = (bytes: number): string => `[${"[],".repeat(bytes / 3)}0]`;
    const frame = (name: string, bytes: number): string =>
      `{"type":"X","dst":"A","payload":{"${name}":${list(bytes)}}}`;
    expect(forwarded(frame("\\u0061", 15_000))).toContain('"a":[[]');
    expect(forwarded(frame("\\u0061", 16_500))).toBeUndefined();
    expect(forwarded(frame("a", 63_000))).toContain('"a":[[]');
  });

  test("[S14] any frame, however broken: others get what JSON reads, or nothing", () => {
    const random = seededRandom(40);
    let valid = 0;
    for (let i = 0; i < 40_000; i++) {
      // As it arrives: a half of a surrogate pair does not.
      const frame = Buffer.from(randomFrame(random)).toString();
      const result = forwarded(frame);
      const wanted = expected(frame);
      if (wanted) valid += 1;
      // What stands in a payload's strings is for the receiver to refuse: all around them is JSON.
      if (result !== undefined && wanted === undefined)
        for (const text of [frame, result])
          expect(() => JSON.parse(withoutStrings(text)) as unknown, text).not.toThrow();
      // With the frame in the message, because it is what one needs to know.
      else expect([frame, rewritten(result)]).toEqual([frame, wanted]);
    }
    expect(valid).toBeGreaterThan(10_000);
    expect(valid).toBeLessThan(30_000);
  });
});

const NAMES = ["type", "dst", "payload", "src", "a", "", "__proto__", "ty\\u0070e", "payloa", "ü", "toString"];
const STRINGS = [
  "OFFER",
  "A",
  "",
  "v=0\\r\\n",
  '\\"',
  "\\\\",
  "\\u0041",
  "\\u005f",
  "ü🙂",
  "}",
  "{",
  "[",
  ",",
  ":",
  "null",
];
const SCALARS = [
  "0",
  "-1",
  "1.5",
  "12",
  "01",
  "1e3",
  "2E-7",
  "1e",
  "1e+",
  "-",
  "1.",
  "true",
  "false",
  "null",
  "nul",
  "NaN",
  "1 2",
];
const SPACES = ["", "", "", "", "", " ", "\n", "\t\r"];

function randomFrame(random: Random): string {
  const members = Array.from({ length: random.below(4) }, () => member(random, random.pick(NAMES), 3));
  const wanted = [member(random, "type", 0), member(random, "dst", 0), member(random, "payload", 3)];
  const all = [...wanted.filter(() => random.below(10) > 0), ...members].sort(() => random.below(3) - 1);
  const space = (): string => random.pick(SPACES);
  return spoiled(random, `${space()}{${all.join(`${space()},${space()}`)}${space()}}${space()}`);
}

function member(random: Random, name: string, depth: number): string {
  const value = depth === 0 ? `"${random.pick(["OFFER", "A", "b-1", "x y"])}"` : randomValue(random, depth);
  return `"${name}"${random.pick(SPACES)}:${random.pick(SPACES)}${value}`;
}

function randomValue(random: Random, depth: number): string {
  const items = (each: () => string): string => Array.from({ length: random.below(3) }, each).join(",");
  switch (depth === 0 ? random.below(4) : random.below(6)) {
    case 0:
      return random.pick(SCALARS.slice(0, 4));
    case 1:
      return random.pick(random.below(8) ? SCALARS.slice(0, 4) : SCALARS);
    case 4:
      return `{${items(() => member(random, random.pick(random.below(4) ? ["a", "b", "c"] : NAMES), depth - 1))}}`;
    case 5:
      return `[${items(() => randomValue(random, depth - 1))}]`;
    default:
      return `"${random.pick(STRINGS)}${random.pick(STRINGS)}"`;
  }
}

/** Once in a while with a character too many, too few, or another one. */
function spoiled(random: Random, frame: string): string {
  if (random.below(3) > 0) return frame;
  const at = random.below(frame.length + 1);
  const character = random.pick([...'{}[]",:\\ 0e-_\u00a0\u0000\u001f\u007fü']);
  return frame.slice(0, at) + (random.below(3) ? character : "") + frame.slice(at + random.below(2));
}

function withoutStrings(frame: string): string {
  return frame.replace(/"(?:[^"\\]|\\[^])*"/g, '""');
}
