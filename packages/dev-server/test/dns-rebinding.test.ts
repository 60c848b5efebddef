import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { rawRequest, sendRaw } from "../../lan/test/raw.ts";
import { get } from "../../lan/test/request.ts";
import { start } from "./running.ts";

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
