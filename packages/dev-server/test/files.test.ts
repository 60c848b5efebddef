import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDevServer, type DevServer } from "../src/index.ts";
import { Project } from "./project.ts";
import { get } from "./request.ts";

const SECRET = "the secret";
const project = new Project();
let server: DevServer;

beforeAll(async () => {
  project.write("index.html", "<!doctype html><head><title>Game</title></head>");
  project.write("game.js", "let a = 1;");
  project.write("folder/index.html", "<p>folder</p>");
  project.write("folder/a b%ü.txt", "odd name");
  project.write("empty/file.txt");
  project.write(".env", SECRET);
  project.write(".git/config", SECRET);
  project.write("folder/.hidden/file.txt", SECRET);
  project.write("../secret.txt", SECRET);
  project.write("../game-secret/file.txt", SECRET);
  project.write("../.profile", SECRET);
  project.link("inside.js", "game.js");
  project.link("out.txt", "../secret.txt");
  project.link("out", "..");
  project.link("absolute", join(project.root, "../secret.txt"));
  project.link("config.txt", ".git/config");
  project.link("loop", "loop");
  project.link("gone", "nowhere");
  server = await startDevServer({ root: project.root, port: 0, host: "127.0.0.1" });
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
    ["/Main.qml", /^text\/plain/],
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
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
      expect((await get(server.port, "/game.js", {}, method)).status).toBe(405);
  });

  test("a file that appears, changes and vanishes while the server runs", async () => {
    expect((await get(server.port, "/new.txt")).status).toBe(404);
    project.write("new.txt", "one");
    expect((await get(server.port, "/new.txt")).text).toBe("one");
    project.write("new.txt", "other");
    expect((await get(server.port, "/new.txt")).text).toBe("other");
  });

  test("a named pipe is not read for ever", async () => {
    execFileSync("mkfifo", [join(project.root, "pipe")]);
    expect((await get(server.port, "/pipe")).status).toBe(404);
  });
});

describe("what is not the project's stays hidden", () => {
  test.each([
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2E%2E%2Fsecret.txt",
    "/.%2e/secret.txt",
    "/folder/../../secret.txt",
    "/folder/..%2f..%2fsecret.txt",
    "/folder/%2e%2e/%2e%2e/secret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/%252e%252e%252fsecret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "/....//secret.txt",
    "/..;/secret.txt",
    "/../game-secret/file.txt",
    "/..%2fgame-secret%2ffile.txt",
    "/../.profile",
    "//../secret.txt",
    "/%2f..%2fsecret.txt",
    "/secret.txt%00.js",
    "/..%00/secret.txt",
    "/../../../../../../etc/passwd",
    "/etc/passwd",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/file:///etc/passwd",
    "file:///etc/passwd",
    "http://127.0.0.1/../secret.txt",
    "*",
    "/out.txt",
    "/out/secret.txt",
    "/out/game-secret/file.txt",
    "/absolute",
    "/loop",
    "/gone",
    "/.env",
    "/%2eenv",
    "/.git/config",
    "/.git/",
    "/config.txt",
    "/folder/.hidden/file.txt",
    "/folder/%2ehidden/file.txt",
    "/%",
    "/%zz",
    "/%ff",
  ])("%s", async (path) => {
    const { status, text } = await get(server.port, path);
    expect(status).toBe(404);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain("root:");
    expect(text).not.toContain(project.root);
  });

  test.each([5000, 10_000])("a path of %i characters leads nowhere", async (length) => {
    expect((await get(server.port, `/${"a".repeat(length)}`)).status).toBe(404);
    expect((await get(server.port, "/a".repeat(length / 2))).status).toBe(404);
  });
});
