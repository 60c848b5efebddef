import { describe, expect, test } from "vitest";
import { terminalQr } from "@clayground/lan";
import { greeting } from "../src/greeting.ts";
import type { DevServer } from "../src/index.ts";

const server = (...lan: string[]): DevServer => ({
  port: 8090,
  localUrl: "http://localhost:8090/",
  lanUrls: lan.map((address) => `http://${address}:8090/`),
  close: () => Promise.resolve(),
});

describe("what a person is told", () => {
  test("where it is, for this machine and for phones, with a code for a camera", () => {
    const text = greeting({ root: "game" }, server("192.168.1.5", "172.17.0.1"), 80);
    expect(text).toContain("  On this machine  http://localhost:8090/\n  On phones nearby http://192.168.1.5:8090/\n");
    expect(text).toContain(terminalQr("http://192.168.1.5:8090/"));
    expect(text).toContain("http://localhost:8090/clayground/");
    expect(text.endsWith("Stop it with Ctrl-C.\n")).toBe(true);
  });

  test("no code where it would be torn, and none in a file", () => {
    const code = terminalQr("http://192.168.1.5:8090/");
    for (const columns of [undefined, 20])
      expect(greeting({ root: "game" }, server("192.168.1.5"), columns)).not.toContain(code);
  });

  test("that a port was taken, but not when any was fine", () => {
    expect(greeting({ root: "game", port: 8080 }, server(), 80)).toMatch(
      /^Port 8080 is taken, so this is port 8090\.\n/,
    );
    for (const options of [{ root: "game" }, { root: "game", port: 0 }])
      expect(greeting(options, server(), 80)).toMatch(/^Serving game\n/);
  });

  test("how browsers take a certificate that nobody vouches for", () => {
    expect(greeting({ root: "game", https: true }, server(), 80)).toMatch(/Advanced[^]*Show Details/);
    expect(greeting({ root: "game", https: { cert: "", key: "" } }, server(), 80)).not.toContain("Advanced");
  });

  test("few addresses of many, and nothing that steers the terminal", () => {
    const text = greeting(
      { root: "a\u001b[2J\nb" },
      server(...Array.from({ length: 30 }, (_, n) => `10.0.0.${n}`)),
      undefined,
    );
    expect(text.match(/On phones nearby/g)).toHaveLength(4);
    expect(text).toContain("Serving a\ufffd[2J b\n");
  });
});
