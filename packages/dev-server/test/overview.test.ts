import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { handleOverview } from "../src/overview/handle-overview.ts";
import { overviewStatus, type OverviewState } from "../src/overview/overview-status.ts";
import { get } from "../../lan/test/request.ts";

const STATE: OverviewState = {
  name: "arena",
  urls: { local: "http://localhost:8090/", lan: ["http://192.0.2.7:8090/"] },
  peers: () => ["K7M2QX", "8EYEWX", "c1234567", "k7m2qx", "K7M2Q0", "K7M2QXX"],
};

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0)) await each();
});

async function serve(state: OverviewState = STATE): Promise<number> {
  const server = createServer((request, response) => {
    if (!handleOverview(request, response, state)) response.writeHead(404).end("other");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe("what the overview page shows", () => {
  test("networks are the ids that are codes, sorted; all others are counted", () => {
    expect(overviewStatus(STATE)).toMatchObject({ networks: ["8EYEWX", "K7M2QX"], moreNetworks: 0, others: 4 });
  });

  test("of thousands of networks, a hundred are named", () => {
    const letters = "ABCDEFGHJK";
    const ids = Array.from(
      { length: 1000 },
      (_, n) => `AAA${[100, 10, 1].map((unit) => letters[Math.floor(n / unit) % 10]).join("")}`,
    );
    const { networks, moreNetworks, others } = overviewStatus({ ...STATE, peers: () => ids });
    expect([networks.length, moreNetworks, others]).toEqual([100, 900, 0]);
  });

  test("each address nearby has a QR code as one path of squares", () => {
    const [address] = overviewStatus(STATE).lan;
    expect(address?.url).toBe("http://192.0.2.7:8090/");
    expect(address?.qr.size).toBe(25);
    expect(address?.qr.path).toMatch(/^(?:M\d+ \d+h\d+v1h-\d+z)+$/);
    // The finder pattern at the top left.
    expect(address?.qr.path).toMatch(/^M0 0h7v1h-7z/);
  });
});

describe("the overview page", () => {
  test.each([
    ["/clayground/", /^text\/html/],
    ["/clayground/clay.css", /^text\/css/],
    ["/clayground/overview.css", /^text\/css/],
    ["/clayground/overview.js", /^text\/javascript/],
    ["/clayground/icon.svg", /^image\/svg/],
    ["/clayground/status.json?x=1", /^application\/json/],
  ])("%s is served, and may load nothing from elsewhere", async (path, type) => {
    const port = await serve();
    const { status, headers, text } = await get(port, path);
    expect(status).toBe(200);
    expect(headers["content-type"]).toMatch(type);
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(text).not.toMatch(/(?:src|href|url\()\s*=?\s*["']?(?:https?:)?\/\//);
    const head = await get(port, path, {}, "HEAD");
    expect([head.status, head.text, head.headers["content-length"]]).toEqual([200, "", headers["content-length"]]);
    expect((await get(port, path, {}, "POST")).status).toBe(405);
  });

  test("without the slash it is redirected, so that its files are found", async () => {
    const { status, headers } = await get(await serve(), "/clayground");
    expect([status, headers["location"]]).toEqual([302, "/clayground/"]);
  });

  test("what is not its own is left to others", async () => {
    for (const path of ["/", "/clayground/network.js", "/clayground/overview.html", "/clayground/../status.json"])
      expect((await get(await serve(), path)).text).toBe("other");
  });
});
