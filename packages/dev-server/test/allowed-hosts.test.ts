import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { allowedHosts } from "../src/allowed-hosts.ts";
import { rawRequest, sendRaw } from "./raw.ts";
import { get } from "./request.ts";
import { start } from "./running.ts";

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

describe("DNS rebinding: a foreign page poses as this server under its own name", () => {
  test("everything is refused, and the answer says what to add", async () => {
    const { port } = await start({ console: () => undefined, reload: true });
    for (const [method, path] of [
      ["GET", "/"],
      ["GET", "/events"],
      ["GET", "/peerjs/id"],
      ["GET", "/clayground/"],
      ["GET", "/clayground/network.js"],
      ["POST", "/clayground/console"],
      ["POST", "/peerjs"],
      ["OPTIONS", "/"],
    ] as const) {
      const { status, text } = await get(port, path, { host: `evil.example:${port}` }, method);
      expect([status, text], `${method} ${path}`).toEqual([
        403,
        expect.stringContaining("--allow-host evil.example\n"),
      ]);
    }
  });

  test("a name that is added is answered to", async () => {
    const { port } = await start({ allowHosts: ["game.test", ".tunnel.example"] });
    for (const host of ["game.test", `GAME.test:${port}`, "game.test.", "a.tunnel.example"])
      expect((await get(port, "/", { host })).status, host).toBe(200);
    expect((await get(port, "/", { host: "tunnel.example" })).status).toBe(403);
  });

  test("this machine's name is answered to", async () => {
    const { port } = await start();
    for (const host of [hostname(), `${hostname().split(".", 1)[0]}.local`, "localhost.", "[::1]"])
      expect((await get(port, "/", { host })).status, host).toBe(200);
  });

  test("the name that it listens on is answered to", async () => {
    const { port, localUrl } = await start({ host: "localhost" });
    expect(localUrl).toBe(`http://localhost:${port}/`);
    expect((await sendRaw(port, rawRequest("/"))).status).toBe(200);
  });
});
