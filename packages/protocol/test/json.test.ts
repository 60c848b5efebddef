import { describe, expect, test } from "vitest";
import { asObject, parseJson } from "../src/json.ts";

const nested = (depth: number, filler = ""): string => "[".repeat(depth) + filler + "]".repeat(depth);

describe("JSON from strangers", () => {
  test("[J1] well-formed JSON is kept exactly", () => {
    for (const text of [
      "null",
      "-0",
      "0.1",
      '""',
      "[]",
      "{}",
      '{"a":[1,{"b":null}],"ü":"\\u0000\\ud83d\\ude00"}',
      '"a__b"',
      '"__proto__"',
    ]) {
      expect(parseJson(text)).toEqual({ value: JSON.parse(text) as unknown });
    }
    expect(Object.is(parseJson("-0")?.value, -0)).toBe(true);
  });

  test.each([
    "",
    " ",
    "{",
    "}",
    "]",
    "nul",
    "'a'",
    "{a:1}",
    "[1,]",
    "1 2",
    "\u0000",
    '"\n"',
    "\ud800",
    "NaN",
    '{"a":1}}',
    '"\\',
  ])("[J1] %j is refused without an exception", (text) => {
    expect(parseJson(text)).toBeUndefined();
  });

  test("[J2] nesting up to the limit is read, one level more is refused", () => {
    expect(parseJson(nested(64))).toBeDefined();
    expect(parseJson(nested(65))).toBeUndefined();
    expect(parseJson(nested(64, "1,".repeat(500) + "1"))).toBeDefined();
    expect(parseJson('{"a":'.repeat(64) + "1" + "}".repeat(64))).toBeDefined();
    expect(parseJson('{"a":'.repeat(65) + "1" + "}".repeat(65))).toBeUndefined();
    expect(parseJson(nested(3), 3)).toBeDefined();
    expect(parseJson(nested(4), 3)).toBeUndefined();
    expect(parseJson("[".repeat(1_000_000))).toBeUndefined();
  });

  test("[J2] siblings, and brackets inside of strings, are no nesting", () => {
    expect(parseJson(`[${"[],".repeat(1000)}{}]`)).toBeDefined();
    const text = JSON.stringify(['["\\'.repeat(1000), "{".repeat(1000)]);
    expect(parseJson(text)).toEqual({ value: JSON.parse(text) as unknown });
  });

  test.each([
    "__proto__",
    "\\u005f_proto__",
    "_\\u005Fproto_\\u005f",
    "__\\u0070roto__",
    "__proto\\u005F_",
    "__pr\\u006fto__",
  ])("[J3] a member named %s is removed at every level", (name) => {
    const parsed = parseJson(`{"${name}":{"admin":true},"a":[{"${name}":1,"b":2}],"s":"${name}"}`);
    expect(parsed?.value).toEqual({ a: [{ b: 2 }], s: "__proto__" });
    expect(Object.hasOwn(asObject(parsed?.value) ?? {}, "__proto__")).toBe(false);
    expect("admin" in {}).toBe(false);
  });

  test("[J3] a text about __proto__ keeps everything else", () => {
    const value = { note: "__proto__", list: [1, null, 0.5, { x: [] }], constructor: 1, prototype: null };
    expect(parseJson(JSON.stringify(value))).toEqual({ value });
  });

  test("only an object is an object", () => {
    expect(asObject({ a: 1 })).toEqual({ a: 1 });
    for (const value of [null, undefined, [], "a", 1, true]) expect(asObject(value)).toBeUndefined();
  });
});
