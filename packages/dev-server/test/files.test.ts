import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDevServer, type DevServer } from "../src/index.ts";
import { Project } from "../../lan/test/project.ts";
import { get } from "../../lan/test/request.ts";
import { start } from "./running.ts";

const project = new Project();
let server: DevServer;

beforeAll(async () => {
  project.write("index.html", "<!doctype html><head><title>Game</title></head>");
  project.write("game.js", "let a = 1;");
  project.write("folder/index.html", "<p>folder</p>");
  project.write("folder/a b%ü.txt", "odd name");
  project.write("empty/file.txt");
  project.link("inside.js", "game.js");
  project.link("loop", "loop");
  project.link("gone", "nowhere");
  server = await startDevServer({ root: project.root, port: 0, host: "127.0.0.1", reload: false });
});
afterAll(async () => {
  await server.close();
  project.remove();
});

describe("a project's files", () => {
  test.each([
    ["/game.js", /^text\/javascript/],
    ["/a.mjs", /^text\/javascript/],
    ["/a.css", /^text\/css/],
    ["/a.json", /^application\/json/],
    ["/a.wasm", /^application\/wasm$/],
    ["/a.svg", /^image\/svg\+xml/],
    ["/a.png", /^image\/png$/],
    ["/a.mp3", /^audio\/mpeg$/],
    ["/Main.qml", /^text\/plain; charset=utf-8$/],
    ["/qmldir", /^text\/plain/],
    ["/a.ts", /^text\/plain/],
    ["/a.cjs", /^text\/javascript/],
    ["/a.webmanifest", /^application\/manifest\+json/],
    ["/a.glb", /^model\/gltf-binary$/],
    ["/a.woff2", /^font\/woff2$/],
    ["/a.unknown-thing", /^application\/octet-stream$/],
  ])("%s has the type %s", async (path, type) => {
    if (path !== "/game.js") project.write(path);
    const { status, headers } = await get(server.port, path);
    expect(status).toBe(200);
    expect(headers["content-type"]).toMatch(type);
    expect(headers["cache-control"]).toBe("no-cache");
  });

  test("a folder is its index.html, and is asked for with a slash so that relative links work", async () => {
    expect((await get(server.port, "/folder/")).text).toContain("<p>folder</p>");
    const { status, headers } = await get(server.port, "/folder?x=1");
    expect([status, headers["location"]]).toEqual([302, "/folder/"]);
    expect((await get(server.port, "//folder")).headers["location"]).toBe("/folder/");
    expect((await get(server.port, "/empty")).status).toBe(404);
    expect((await get(server.port, "/empty/")).status).toBe(404);
  });

  test("names with spaces, percent signs and other letters are found", async () => {
    expect((await get(server.port, "/folder/a%20b%25%C3%BC.txt")).text).toBe("odd name");
  });

  test("a link inside of the project is followed", async () => {
    expect((await get(server.port, "/inside.js")).text).toBe("let a = 1;");
  });

  test("an unchanged file is not sent again, a part is sent alone", async () => {
    const { headers } = await get(server.port, "/game.js");
    expect((await get(server.port, "/game.js", { "if-none-match": String(headers["etag"]) })).status).toBe(304);
    const part = await get(server.port, "/game.js", { range: "bytes=4-4" });
    expect([part.status, part.text, part.headers["content-range"]]).toEqual([206, "a", "bytes 4-4/10"]);
    expect((await get(server.port, "/game.js", { range: "bytes=-2" })).text).toBe("1;");
    const beyond = await get(server.port, "/game.js", { range: "bytes=99-" });
    expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, "bytes */10"]);
    expect((await get(server.port, "/game.js", { range: "bytes=5-2" })).status).toBeLessThan(500);
  });

  test("HEAD has no body, other methods are refused", async () => {
    for (const path of ["/", "/game.js", "/nothing"]) {
      const full = await get(server.port, path);
      const head = await get(server.port, path, {}, "HEAD");
      expect([head.status, head.text, head.headers["content-length"]]).toEqual([
        full.status,
        "",
        full.headers["content-length"],
      ]);
    }
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
      expect((await get(server.port, "/game.js", {}, method)).status).toBe(405);
  });

  test("a page of more than 16 MiB is sent as it is", async () => {
    project.write("huge.html", Buffer.alloc(16 * 1024 * 1024 + 1, "<p>"));
    const { status, body } = await get(server.port, "/huge.html");
    expect([status, body.length]).toEqual([200, 16 * 1024 * 1024 + 1]);
  });

  test("a file that appears, changes and vanishes while the server runs", async () => {
    expect((await get(server.port, "/new.txt")).status).toBe(404);
    project.write("new.txt", "one");
    expect((await get(server.port, "/new.txt")).text).toBe("one");
    project.write("new.txt", "other");
    expect((await get(server.port, "/new.txt")).text).toBe("other");
  });

  test("a project below a folder with a dot", async () => {
    project.write("../.games/pong/index.html", "<p>pong");
    project.write("../.games/pong/pong.js", "pong");
    const pong = await start({ root: join(project.root, "../.games/pong") });
    expect((await get(pong.port, "/")).text).toContain("<p>pong");
    expect((await get(pong.port, "/pong.js")).text).toBe("pong");
  });

  test("a named pipe is not read for ever", async () => {
    execFileSync("mkfifo", [join(project.root, "pipe")]);
    expect((await get(server.port, "/pipe")).status).toBe(404);
  });
});

describe("paths that lead nowhere", () => {
  test.each(["/loop", "/gone", "/empty", "/empty/", "/game.js/", "/game.js/more", "/folder/.hidden"])(
    "%s",
    async (path) => expect((await get(server.port, path)).status).toBe(404),
  );

  test.each([5000, 10_000])("a path of %i characters leads nowhere", async (length) => {
    expect((await get(server.port, `/${"a".repeat(length)}`)).status).toBe(404);
    expect((await get(server.port, "/a".repeat(length / 2))).status).toBe(404);
  });
});
