import { describe, expect, test } from "vitest";
import { ARENA, PLAYER_RADIUS } from "../game.js";
import { CHAT_LENGTH, NAME_LENGTH, cleanText, parseMessage, parseState } from "../messages.js";

describe("a state from another player", () => {
  test("is taken as it is when it is right", () => {
    expect(parseState({ x: 100, y: 200, angle: 1 })).toEqual({ x: 100, y: 200, angle: 1 });
  });

  test("is moved into the arena, and turned into one turn", () => {
    const state = parseState({ x: -1e9, y: 1e300, angle: 7 * Math.PI });
    expect(state).toMatchObject({ x: PLAYER_RADIUS, y: ARENA.height - PLAYER_RADIUS });
    expect(Math.abs(state!.angle)).toBeCloseTo(Math.PI);
  });

  test("brings nothing that was not asked for", () => {
    const sent = JSON.parse('{ "x": 100, "y": 200, "angle": 1, "name": "x", "__proto__": { "isMe": true } }') as object;
    expect(Object.keys(parseState(sent)!)).toEqual(["x", "y", "angle"]);
  });

  test.each([
    [null],
    [undefined],
    [42],
    ["x"],
    [[1, 2, 3]],
    [{}],
    [{ x: 1, y: 2 }],
    [{ x: "1", y: 2, angle: 3 }],
    [{ x: Number.NaN, y: 2, angle: 3 }],
    [{ x: 1, y: Number.POSITIVE_INFINITY, angle: 3 }],
    [{ x: 1, y: 2, angle: null }],
    [{ x: { valueOf: (): number => 1 }, y: 2, angle: 3 }],
  ])("is dropped when it is %o", (data) => {
    expect(parseState(data)).toBeUndefined();
  });
});

describe("a message from another player", () => {
  test.each([
    [{ kind: "hello", name: "Terra" }],
    [{ kind: "chat", text: "Hi!" }],
    [{ kind: "effect", effect: "dash" }],
    [{ kind: "colors", colors: [["K7M2QX", 0]], topology: "mesh" }],
    [{ kind: "ways", ways: [{ id: "K7M2QX", path: "via-host", latency: 12 }] }],
    [{ kind: "ways", ways: [] }],
  ])("%o is taken as it is", (message) => {
    expect(parseMessage(message)).toEqual(message);
  });

  test("is cut to the length that the page has room for", () => {
    expect(parseMessage({ kind: "hello", name: "n".repeat(1000) })).toEqual({
      kind: "hello",
      name: "n".repeat(NAME_LENGTH),
    });
    expect(parseMessage({ kind: "chat", text: "t".repeat(100_000) })).toEqual({
      kind: "chat",
      text: "t".repeat(CHAT_LENGTH),
    });
  });

  test.each([
    [null],
    ["chat"],
    [[]],
    [{}],
    [{ kind: "toString" }],
    [{ kind: "hello", name: " \u202e\n " }],
    [{ kind: "hello", name: { toString: (): string => "x" } }],
    [{ kind: "chat" }],
    [{ kind: "chat", text: "" }],
    [{ kind: "effect", effect: "constructor" }],
    [{ kind: "colors", colors: { a: 1 } }],
    [{ kind: "colors", colors: [["a", 1.5]] }],
    [{ kind: "colors", colors: [["a", 8]] }],
    [{ kind: "colors", colors: [["a", -1]] }],
    [{ kind: "colors", colors: [[1, 1]] }],
    [{ kind: "colors", colors: [["a".repeat(65), 1]] }],
    [{ kind: "ways" }],
    [{ kind: "ways", ways: [null] }],
    [{ kind: "ways", ways: [{ id: 1, path: "direct", latency: 1 }] }],
    [{ kind: "ways", ways: [{ id: "a", path: "toString", latency: 1 }] }],
    [{ kind: "ways", ways: [{ id: "a", path: "direct", latency: "1" }] }],
    [{ kind: "ways", ways: Array.from({ length: 9 }, () => ({ id: "a", path: "direct", latency: 1 })) }],
    [{ kind: "colors", colors: Array.from({ length: 9 }, (_, i) => [`n${i}`, 0]) }],
  ])("%o is dropped", (data) => {
    expect(parseMessage(data)).toBeUndefined();
  });
});

describe("text", () => {
  test("keeps every language and emoji, and counts characters, not halves of them", () => {
    expect(cleanText("žába 蛙 🐸", 16)).toBe("žába 蛙 🐸");
    expect(cleanText("🐸🐸🐸", 2)).toBe("🐸🐸");
  });

  test("loses what would break a line or turn the reading direction", () => {
    expect(cleanText("a\nb\tc\u202ed\u0000e\u2028f", 99)).toBe("a b c d e f");
  });

  test("loses halves of characters", () => {
    expect(cleanText("a\ud83db", 99)).toBe("a b");
  });
});
