import { describe, expect, test } from "vitest";
import { toTerminalLine, toTerminalLines } from "../src/index.ts";

describe("a foreign text in the terminal", () => {
  test.each([
    ["an escape sequence", "\u001b[2Jgone", "\ufffd[2Jgone"],
    ["one of eight bits", "\u009b2Jgone", "\ufffd2Jgone"],
    ["a title", "\u001b]0;title\u0007", "\ufffd]0;title\ufffd"],
    ["what deletes", "a\b\u007fb", "a\ufffd\ufffdb"],
    ["what overwrites the line", "good\rbad", "good bad"],
    ["what turns the direction", "\u202egnp.exe", "\ufffdgnp.exe"],
    ["what cannot be seen", "a\u200b\u2060b", "a\ufffd\ufffdb"],
    ["line breaks of every kind", "a\r\nb\u2028c\u0085d", "a b c\ufffdd"],
  ])("%s does nothing", (_what, text, line) => expect(toTerminalLine(text, 100)).toBe(line));

  test("letters of all languages and emoji stay", () => {
    const text = "Größe – 日本語 – שלום – 👩‍🚀";
    expect(toTerminalLine(text, 100)).toBe(text);
  });

  test("is cut where it is too long", () => {
    expect(toTerminalLine("a".repeat(1000), 10)).toBe("aaaaaaaaaa …");
    expect(toTerminalLines("\n".repeat(1e6), 3, 10)).toEqual(["", "", ""]);
    expect(toTerminalLines(" ".repeat(1e6), 3, 10)).toHaveLength(1);
  });

  test("keeps the indentation of a stack", () => {
    expect(toTerminalLines("Error\n    at draw\r\n\tat main", 10, 100)).toEqual(["Error", "    at draw", "at main"]);
  });
});
