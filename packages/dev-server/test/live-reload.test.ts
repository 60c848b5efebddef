import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ChangedFiles, type Changes } from "../src/live-reload/changed-files.ts";
import { handleClientScript } from "../src/live-reload/client-files.ts";
import { EventStream } from "../src/live-reload/event-stream.ts";
import { LiveReload } from "../src/live-reload/live-reload.ts";
import { ManualClock } from "./manual-clock.ts";
import { get } from "../../lan/test/request.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0)) await each();
});

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo.unshift(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A page that listens. */
interface Listener {
  readonly response: IncomingMessage;
  /** What has come so far. */
  text(): string;
  /** Resolves when this has come. */
  has(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<void>;
}

function connect(port: number, method = "GET"): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path: "/events", method, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      const ended = new Promise<void>((end) => void response.on("close", () => end()));
      response.on("error", () => undefined);
      const has = (pattern: RegExp): Promise<RegExpExecArray> =>
        vi.waitFor(() => {
          const match = pattern.exec(text);
          if (!match) throw new Error(`no ${pattern} in ${text}`);
          return match;
        });
      resolve({ response, text: () => text, has, ended });
    });
    asked.on("error", reject).end();
    undo.unshift(() => asked.destroy());
  });
}

describe("changes are gathered", () => {
  function gather(): { clock: ManualClock; files: ChangedFiles; told: Changes[] } {
    const [clock, told] = [new ManualClock(), [] as Changes[]];
    return { clock, told, files: new ChangedFiles(clock, (changes) => told.push(changes)) };
  }

  test("for 300 ms from the first one on, sorted, each once", () => {
    const { clock, files, told } = gather();
    files.add("b.js");
    clock.pass(299);
    files.add("a/b.css");
    files.add("b.js");
    expect(told).toEqual([]);
    clock.pass(1);
    expect(told).toEqual([{ files: ["a/b.css", "b.js"] }]);
    clock.pass(1000);
    files.add("c.js");
    clock.pass(300);
    expect(told[1]).toEqual({ files: ["c.js"] });
  });

  test.each([
    ["above 100 files", 101, "file"],
    ["above 16 KiB of names", 90, "x".repeat(250)],
  ])("%s, none is named", (_what, count, name) => {
    const { clock, files, told } = gather();
    for (let n = 0; n < count; n++) files.add(`${name}${n}.js`);
    clock.pass(300);
    files.add("one.js");
    clock.pass(300);
    expect(told).toEqual([{ files: [], more: true }, { files: ["one.js"] }]);
  });

  test("100 files are named", () => {
    const { clock, files, told } = gather();
    for (let n = 0; n < 100; n++) files.add(`${n}.js`);
    for (let n = 0; n < 100; n++) files.add(`${n}.js`);
    clock.pass(300);
    expect(told[0]?.files).toHaveLength(100);
  });
});

describe("GET /events", () => {
  async function serve(): Promise<{ port: number; clock: ManualClock; stream: EventStream }> {
    const clock = new ManualClock();
    const stream = new EventStream(clock);
    const port = await listen(createServer((asked, response) => stream.add(asked, response)));
    return { port, clock, stream };
  }

  test("is a stream that any origin may read and nobody keeps", async () => {
    const { port, stream } = await serve();
    const { response, has } = await connect(port);
    expect(response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "access-control-allow-origin": "*",
    });
    await has(/^retry: 1000\nid: 0\nevent: hello\ndata: \{\}\n\n$/);
    stream.reload({ files: ["a/b.js"] });
    await has(/\n\nid: 1\nevent: reload\ndata: \{"files":\["a\/b\.js"\]\}\n\n$/);
  });

  test("a comment every 15 s keeps it open, and nothing ticks when nobody listens", async () => {
    const { port, clock, stream } = await serve();
    const { has, response, text } = await connect(port);
    await has(/hello/);
    const before = text().length;
    clock.pass(14_999);
    clock.pass(1);
    await has(/\n\n:\n\n$/);
    expect(text().length).toBe(before + 3);
    response.destroy();
    await vi.waitFor(() => expect(stream.size).toBe(0));
    expect(clock.waiting).toBe(0);
  });

  test("who comes back learns by the id whether anything changed, also while the server was not there", async () => {
    const { port, stream } = await serve();
    const idOf = async (at: number): Promise<string> => (await (await connect(at)).has(/id: (\S+)\nevent: hello/))[1]!;
    const first = await idOf(port);
    expect(await idOf(port)).toBe(first);
    stream.reload({ files: ["a.js"] });
    expect(await idOf(port)).not.toBe(first);
    const again = await serve();
    expect(await idOf(again.port)).toBe(first);
    again.stream.changedAt(1234);
    expect(await idOf(again.port)).toBe("1234");
  });

  test("at most 200 listen; the next one is told so, until one leaves", async () => {
    const { port, stream } = await serve();
    const all = await Promise.all(Array.from({ length: 200 }, () => connect(port)));
    const refused = await connect(port);
    expect([refused.response.statusCode, refused.response.headers["retry-after"]]).toEqual([503, "10"]);
    await refused.has(/Close some tabs/);
    all[0]?.response.destroy();
    await vi.waitFor(() => expect(stream.size).toBe(199));
    expect((await connect(port)).response.statusCode).toBe(200);
  });

  test("who reads nothing is dropped, and the others go on", async () => {
    const { port, stream } = await serve();
    const [slow, good] = [await connect(port), await connect(port)];
    slow.response.pause();
    const changes = { files: Array.from({ length: 100 }, (_, n) => `${"x".repeat(150)}${n}.js`) };
    // The kernel takes some megabytes for it, first.
    for (let n = 0; n < 3000 && stream.size === 2; n++) {
      stream.reload(changes);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitFor(() => expect(stream.size).toBe(1));
    stream.reload({ files: ["last.js"] });
    await good.has(/last\.js/);
  });

  test("HEAD is answered without a stream", async () => {
    const { port, stream } = await serve();
    const { response, ended, text } = await connect(port, "HEAD");
    await ended;
    expect([response.statusCode, text(), stream.size]).toEqual([200, "", 0]);
  });

  test("the end of the server is the end of every stream", async () => {
    const { port, clock, stream } = await serve();
    const listener = await connect(port);
    stream.close();
    await listener.ended;
    expect((await connect(port)).response.statusCode).toBe(503);
    expect([stream.size, clock.waiting]).toEqual([0, 0]);
  });
});

describe("requests", () => {
  test("only /events is live reload's, and only GET and HEAD", async () => {
    const live = new LiveReload({ clock: new ManualClock() });
    undo.push(() => live.close());
    const port = await listen(
      createServer((asked, response) => void (live.handleRequest(asked, response) || response.end("other"))),
    );
    for (const path of ["/", "/events/", "/eventsource", "/x/events"])
      expect((await get(port, path)).text).toBe("other");
    const { status, headers } = await get(port, "/events", {}, "POST");
    expect([status, headers["allow"]]).toEqual([405, "GET, HEAD"]);
    expect((await get(port, "/events?x", {}, "HEAD")).status).toBe(200);
  });

  test("the scripts that pages are given are served, and no other name finds a file", async () => {
    const port = await listen(
      createServer((asked, response) => void (handleClientScript(asked, response) || response.end("other"))),
    );
    for (const path of ["/clayground/reload.js", "/clayground/console.js?x"]) {
      const { status, headers, text } = await get(port, path);
      expect([status, headers["content-type"]]).toEqual([200, "text/javascript; charset=utf-8"]);
      expect(text).toContain('"use strict"');
      expect((await get(port, path, {}, "POST")).status).toBe(405);
    }
    for (const path of ["/clayground/tsconfig.json", "/clayground/", "/constructor", "/clayground/../reload.js"])
      expect((await get(port, path)).text).toBe("other");
  });
});
