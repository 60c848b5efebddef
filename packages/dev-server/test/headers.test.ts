import { describe, expect, test } from "vitest";
import { get } from "../../lan/test/request.ts";
import { start } from "./running.ts";

const PATHS = ["/", "/nothing", "/index.html", "/clayground/reload.js", "/clayground/http-client.js", "/peerjs/id"];

describe("answers to pages of other origins", () => {
  test("may be read and embedded, whatever is asked for", async () => {
    const { port } = await start();
    for (const path of PATHS) {
      const { headers } = await get(port, path, { origin: "https://other.example" });
      expect(headers["access-control-allow-origin"], path).toBe("*");
      expect(headers["cross-origin-resource-policy"], path).toBe("cross-origin");
      expect(headers["cross-origin-opener-policy"], path).toBeUndefined();
    }
  });

  test("a preflight is granted", async () => {
    const { port } = await start();
    const ask = { origin: "https://other.example", "access-control-request-headers": "range,x-custom" };
    const { status, headers } = await get(port, "/game.wasm", ask, "OPTIONS");
    expect([status, headers["access-control-allow-origin"], headers["access-control-allow-headers"]]).toEqual([
      204,
      "*",
      "*",
    ]);
    expect(headers["access-control-allow-methods"]).toContain("GET");
  });

  test("but nobody elsewhere reads which networks run", async () => {
    const { port } = await start();
    const { status, headers } = await get(port, "/clayground/status.json");
    expect([status, headers["access-control-allow-origin"]]).toEqual([200, undefined]);
  });
});

test("with isolate, every answer says so, refusals too", async () => {
  const { port } = await start({ isolate: true });
  for (const [path, host] of [...PATHS, "/clayground/"]
    .map((each) => [each, "localhost"])
    .concat([["/", "evil.example"]])) {
    const { headers } = await get(port, path ?? "", { host: host ?? "" });
    expect(headers["cross-origin-opener-policy"], path).toBe("same-origin");
    expect(headers["cross-origin-embedder-policy"], path).toBe("require-corp");
  }
});
