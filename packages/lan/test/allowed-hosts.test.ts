import { describe, expect, test } from "vitest";
import { allowedHosts } from "../src/index.ts";

describe("names that a server answers to", () => {
  const isAllowed = allowedHosts(["game.test", ".example.com", "Tunnel.Example.ORG"], "Laptop.fritz.box");

  test.each(["localhost", "game.localhost", "127.0.0.1", "192.0.2.7", "[::1]", "[fd00::2]"])("%s", (name) =>
    expect(isAllowed(name)).toBe(true),
  );
  test.each(["laptop.fritz.box", "laptop", "laptop.local"])("the machine's own, %s", (name) =>
    expect(isAllowed(name)).toBe(true),
  );
  test.each(["game.test", "a.example.com", "a.b.example.com", "tunnel.example.org"])("one that was added, %s", (name) =>
    expect(isAllowed(name)).toBe(true),
  );
  test.each([
    "evil.test",
    "example.com",
    "notexample.com",
    "a.game.test",
    "localhost.evil.test",
    "127.0.0.1.nip.io",
    "1.2.3",
    "a.local",
    "",
  ])("but not %j", (name) => expect(isAllowed(name)).toBe(false));
  test("a machine without a name opens nothing", () => {
    expect(allowedHosts([], "")("evil.local")).toBe(false);
    expect(allowedHosts([], "")("")).toBe(true); // no Host header has this name
  });
});
