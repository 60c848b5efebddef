import { describe, expect, test } from "vitest";
import { encode } from "uqr";
import { terminalQr } from "../src/index.ts";

const URLS = ["http://192.168.178.123:8090/", "https://10.0.0.7/", `http://${"a".repeat(60)}.example:8090/`];

/** What a camera sees: dark or light, two rows a line. */
function modulesOf(text: string): boolean[][] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.slice("\u001B[38;5;16;48;5;231m".length, -"\u001B[0m".length))
    .flatMap((line) => [[...line].map((each) => "█▀".includes(each)), [...line].map((each) => "█▄".includes(each))]);
}

describe("the QR code in the terminal", () => {
  test.each(URLS)("%s has every module in its place, with a quiet zone of four", (url) => {
    const { data, size } = encode(url, { border: 0, boostEcc: true });
    const seen = modulesOf(terminalQr(url));
    expect(seen.slice(4, 4 + size).map((row) => row.slice(4, 4 + size))).toEqual(data);
    const dark = (rows: boolean[][]): number => rows.flat().filter(Boolean).length;
    expect(dark(seen)).toBe(dark(data));
    expect(seen.length).toBeGreaterThanOrEqual(size + 8);
    expect(seen.every((row) => row.length === size + 8)).toBe(true);
  });

  test("is black on white whatever the theme, and fits into 80 columns", () => {
    for (const url of URLS) {
      for (const line of terminalQr(url).trimEnd().split("\n")) {
        // eslint-disable-next-line no-control-regex
        expect(line).toMatch(/^\u001B\[38;5;16;48;5;231m[ ▀▄█]{1,80}\u001B\[0m$/);
      }
    }
  });

  test("is left out where a line of the terminal is too short for it", () => {
    expect(terminalQr("http://192.168.178.123:8090/", 32)).toBe("");
    expect(terminalQr("http://192.168.178.123:8090/", 33)).toBe(terminalQr("http://192.168.178.123:8090/"));
  });
});
