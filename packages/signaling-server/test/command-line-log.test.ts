import { expect, test } from "vitest";
import { logLines, type LogFormat } from "../src/command-line/log-lines.ts";

const REFUSED = {
  event: "refused",
  reason: "origin",
  address: "203.0.113.7",
  origin: "https://x\n\u001b[2J\u009b\u2028\u202e.example",
  skipped: 0,
} as const;

function lineOf(format: LogFormat, entry: Parameters<ReturnType<typeof logLines>>[0]): string {
  const lines: string[] = [];
  logLines(
    format,
    (line) => lines.push(line),
    () => new Date(0),
  )(entry);
  return lines.join("");
}

test("an entry is one JSON object on one line, with time, level and event first", () => {
  const line = lineOf("json", { event: "stopped" });
  expect(line).toBe('{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"stopped"}\n');
});

test("what came from outside cannot break a line, steer a terminal or turn text around, and is still readable", () => {
  const line = lineOf("json", REFUSED);
  expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(line)).toEqual({ time: "1970-01-01T00:00:00.000Z", level: "warn", ...REFUSED });
  expect(lineOf("text", REFUSED)).toBe(
    "1970-01-01T00:00:00.000Z warn  refused reason=origin address=203.0.113.7 " +
      String.raw`origin="https://x\n\u001b[2J\u009b\u2028\u202e.example" skipped=0` +
      "\n",
  );
});

test("values are cut to 500 characters", () => {
  const { error } = JSON.parse(lineOf("json", { event: "certificate-refused", error: "x".repeat(9000) })) as {
    error: string;
  };
  expect(error).toBe(`${"x".repeat(500)}…`);
});

test("off means nothing", () => {
  expect(lineOf("off", REFUSED)).toBe("");
});
