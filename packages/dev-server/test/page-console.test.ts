import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { PageReport } from "../src/index.ts";
import { MAX_REPORT_BYTES, PageConsole } from "../src/page-console.ts";
import { get } from "../../lan/test/request.ts";
import { makeProject, start } from "./running.ts";

function post(port: number, body: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request(
      { host: "127.0.0.1", port, path: "/clayground/console", method: "POST", headers, agent: false },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    )
      .on("error", reject)
      .end(body);
  });
}

async function listen(): Promise<{ port: number; reports: PageReport[] }> {
  const reports: PageReport[] = [];
  const { port } = await start({ console: (report) => reports.push(report) });
  return { port, reports };
}

describe("errors of pages", () => {
  test("arrive with the page, the place and the stack, as paths", async () => {
    const { port, reports } = await listen();
    const origin = `http://127.0.0.1:${port}`;
    const body = {
      level: "error",
      text: "TypeError: x is undefined",
      url: `${origin}/game.js`,
      line: 12,
      column: 5,
      stack: `TypeError: x is undefined\n    at draw (${origin}/game.js:12:5)\n    at ${origin}/main.js:3:1\n`,
    };
    expect(await post(port, JSON.stringify(body), { origin, referer: `${origin}/level.html?seed=1` })).toBe(204);
    expect(reports).toEqual([
      {
        level: "error",
        page: "/level.html",
        text: "TypeError: x is undefined",
        source: "/game.js",
        line: 12,
        column: 5,
        stack: ["    at draw (/game.js:12:5)", "    at /main.js:3:1"],
        skipped: 0,
      },
    ]);
  });

  test("cannot steer the terminal, or fill it", async () => {
    const { port, reports } = await listen();
    const evil = "\u001b]0;title\u0007\u001b[2J\u009b31m\u202egnp.exe\u2066\b\r\0";
    const long = "a".repeat(5000);
    await post(
      port,
      JSON.stringify({ level: "error", text: `${evil}\n${long}`, url: evil, stack: `${evil}\n`.repeat(100) }),
      {
        referer: "http://127.0.0.1/\u009b31m",
      },
    );
    const all = JSON.stringify(reports);
    expect(reports).toHaveLength(1);
    expect(
      Object.values(reports[0] ?? {})
        .flat()
        .join("\n")
        .replaceAll("\n", ""),
    ).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(reports[0]?.text.split("\n").every((line) => line.length < 600)).toBe(true);
    expect(reports[0]?.stack?.length).toBeLessThanOrEqual(20);
    expect(all).toContain("title");
  });

  test.each([
    ["no JSON", "level=error"],
    ["no object", "[]"],
    ["null", "null"],
    ["no text", '{"level":"error"}'],
    ["a text that is none", '{"level":"error","text":{}}'],
    ["another level", '{"level":"panic","text":"a"}'],
    ["deep nesting", "[".repeat(8000)],
  ])("%s is refused", async (_what, body) => {
    const { port, reports } = await listen();
    expect(await post(port, body)).toBe(400);
    expect(reports).toEqual([]);
  });

  test("odd fields are left out", async () => {
    const { port, reports } = await listen();
    await post(port, '{"level":"log","text":"a","url":7,"line":-1,"column":1e99,"stack":[],"__proto__":{"a":1}}');
    expect(reports).toEqual([{ level: "log", page: "", text: "a", skipped: 0 }]);
  });

  test("more than 16 KiB is refused, with and without a length", async () => {
    const { port, reports } = await listen();
    const body = JSON.stringify({ level: "error", text: "a".repeat(MAX_REPORT_BYTES) });
    expect(await post(port, body)).toBe(413);
    expect(await post(port, body, { "transfer-encoding": "chunked" })).toBe(413);
    expect(reports).toEqual([]);
  });

  test("a page of another origin may not write to this terminal", async () => {
    const { port, reports } = await listen();
    const body = '{"level":"error","text":"a"}';
    expect(await post(port, body, { origin: "https://evil.example" })).toBe(403);
    expect(await post(port, body, { origin: "null" })).toBe(403);
    expect(await post(port, body, { origin: `http://127.0.0.1:${port}` })).toBe(204);
    expect(reports).toHaveLength(1);
  });

  test("a page in an endless loop is cut short, and it is said how many were left out", async () => {
    let now = 0;
    const reports: PageReport[] = [];
    const console = new PageConsole(
      (report) => reports.push(report),
      () => now,
    );
    const server = createServer((incoming, response) => void console.handleRequest(incoming, response));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const statuses: number[] = [];
    for (let n = 0; n < 25; n++) statuses.push(await post(port, '{"level":"log","text":"again"}'));
    expect([reports.length, statuses.filter((status) => status === 429).length]).toEqual([20, 5]);
    now += 1000;
    for (let n = 0; n < 11; n++) await post(port, '{"level":"log","text":"again"}');
    expect(reports).toHaveLength(30);
    expect(reports.map(({ skipped }) => skipped)).toEqual([
      ...Array<number>(20).fill(0),
      5,
      ...Array<number>(9).fill(0),
    ]);
  });

  test("are not wanted without being asked for", async () => {
    const { port } = await start();
    expect(await post(port, '{"level":"error","text":"a"}')).toBe(405);
    expect((await get(port, "/")).text).not.toContain("console.js");
  });

  test("are reported by every page that is served", async () => {
    const { port } = await start({ root: makeProject().root, console: () => undefined });
    expect((await get(port, "/")).text).toContain('<script src="/clayground/console.js">');
    expect((await get(port, "/clayground/console.js")).status).toBe(200);
  });
});
