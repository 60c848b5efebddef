import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startDevServer, type DevServer } from "../src/index.ts";
import { Project } from "./project.ts";
import { rawRequest, sendRaw } from "./raw.ts";
import { get } from "./request.ts";

const SECRET = "the secret";
const project = new Project();
let server: DevServer;

beforeAll(async () => {
  project.write("index.html", "<p>start page");
  project.write("folder/index.html", "<p>folder");
  project.write("a\r\nset-cookie: stolen=1/index.html", "<p>odd folder");
  project.write(".env", SECRET);
  project.write(".git/config", SECRET);
  project.write("../secret.txt", SECRET);
  project.write("../game-secret/file.txt", SECRET);
  project.link("out.txt", "../secret.txt");
  project.link("out", "..");
  project.link("absolute.txt", join(project.root, "../secret.txt"));
  project.link("hidden.txt", ".git/config");
  server = await startDevServer({ root: project.root, port: 0, host: "127.0.0.1", reload: false });
});
afterAll(async () => {
  await server.close();
  project.remove();
});
afterEach(async () => {
  expect((await get(server.port, "/")).text).toContain("start page");
});

/** Nothing of what is not the project's, and nothing about where the project is. */
function expectNothing(text: string): void {
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain("root:");
  expect(text).not.toContain(project.root);
}

describe("ways out of the project lead nowhere", () => {
  test.each([
    ["dots", "/../secret.txt"],
    ["an encoded slash", "/..%2fsecret.txt"],
    ["encoded dots", "/%2e%2e/secret.txt"],
    ["everything encoded", "/%2E%2E%2Fsecret.txt"],
    ["half encoded dots", "/.%2e/secret.txt"],
    ["double encoding", "/%252e%252e%252fsecret.txt"],
    ["triple encoding", "/%25252e%25252e%25252fsecret.txt"],
    ["a backslash", "/..\\secret.txt"],
    ["an encoded backslash", "/..%5csecret.txt"],
    ["overlong UTF-8 dots", "/%c0%ae%c0%ae/secret.txt"],
    ["an overlong UTF-8 slash", "/..%c0%afsecret.txt"],
    ["UTF-16 in the style of IIS", "/%u002e%u002e/secret.txt"],
    ["full-width dots", "/%ef%bc%8e%ef%bc%8e/secret.txt"],
    ["removed dots", "/....//secret.txt"],
    ["a parameter behind dots", "/..;/secret.txt"],
    ["a parameter in the path", "/folder;/../../secret.txt"],
    ["a folder first", "/folder/../../secret.txt"],
    ["a sibling with the same start", "/../game-secret/file.txt"],
    ["a host in the path", "//etc/passwd"],
    ["an absolute path", "/%2fetc%2fpasswd"],
    ["a file URL in the path", "/file:///etc/passwd"],
    ["a NUL byte", "/secret.txt%00.html"],
    ["a NUL byte behind dots", "/..%00/secret.txt"],
    ["a link to a file outside", "/out.txt"],
    ["a link to a folder outside", "/out/secret.txt"],
    ["an absolute link", "/absolute.txt"],
    ["a link to a hidden file", "/hidden.txt"],
    ["a hidden file", "/.env"],
    ["a hidden folder", "/%2egit/config"],
    ["a drive of Windows", "/c:/windows/win.ini"],
    ["an encoded drive", "/c%3a%5cwindows%5cwin.ini"],
    ["a stream of NTFS", "/index.html::$DATA"],
    ["a device of Windows", "/con"],
    ["a short name of Windows", "/GIT~1/config"],
    ["the process's own files", "/proc/self/environ"],
    ["a wrong escape", "/%"],
    ["another wrong escape", "/%zz"],
    ["bytes that are no UTF-8", "/%ff"],
    ["8,000 dots", `/${"../".repeat(2600)}secret.txt`],
    ["a query that looks like a path", "/nothing?/../secret.txt"],
    ["a library's folder", "/clayground/../../package.json"],
    ["a library's folder, encoded", "/clayground/..%2f..%2fpackage.json"],
  ])("%s", async (_what, target) => {
    const { status, text } = await sendRaw(server.port, rawRequest(target));
    expect(status).toBe(404);
    expectNothing(text);
  });
});

describe("requests that can be read in two ways are refused", () => {
  const HOST = "Host: localhost";
  test.each<[string, Buffer, RegExp]>([
    ["an absolute target", rawRequest("http://localhost/../secret.txt"), /^HTTP\/1\.1 400 /],
    ["a target on another host", rawRequest("http://evil.example/", [HOST]), /^HTTP\/1\.1 400 /],
    ["a file URL", rawRequest("file:///etc/passwd"), /^HTTP\/1\.1 400 /],
    ["bytes that are no ASCII", rawRequest("/\xc0\xae\xc0\xae/secret.txt"), /^HTTP\/1\.1 400 /],
    ["a target without a slash", rawRequest("secret.txt"), /^HTTP\/1\.1 400 /],
    ["a proxy's CONNECT", rawRequest("localhost:22", [HOST], "CONNECT"), /^(?:HTTP\/1\.1 40[05] |$)/],
    ["no Host", rawRequest("/", []), /^HTTP\/1\.1 400 /],
    ["an empty Host", rawRequest("/", ["Host:"]), /^HTTP\/1\.1 400 /],
    ["two Hosts", rawRequest("/", [HOST, "Host: evil.example"]), /^HTTP\/1\.1 400 /],
    ["the same Host twice", rawRequest("/", [HOST, "host: localhost"]), /^HTTP\/1\.1 400 /],
    ["two names in one Host", rawRequest("/", ["Host: localhost, evil.example"]), /^HTTP\/1\.1 400 /],
    ["a user in the Host", rawRequest("/", ["Host: localhost@evil.example"]), /^HTTP\/1\.1 400 /],
    ["a path in the Host", rawRequest("/", ["Host: localhost/../.."]), /^HTTP\/1\.1 400 /],
    ["HTML in the Host", rawRequest("/", ['Host: localhost"><script>']), /^HTTP\/1\.1 400 /],
    ["a port that is none", rawRequest("/", ["Host: localhost:999999"]), /^HTTP\/1\.1 400 /],
    ["another name in the Host", rawRequest("/", ["Host: evil.example"]), /^HTTP\/1\.1 403 /],
    ["an own name in front", rawRequest("/", ["Host: localhost.evil.example"]), /^HTTP\/1\.1 403 /],
    ["an own name at the end", rawRequest("/", ["Host: evil-localhost"]), /^HTTP\/1\.1 403 /],
    ["a forwarded Host", rawRequest("/", ["Host: evil.example", "X-Forwarded-Host: localhost"]), /^HTTP\/1\.1 403 /],
    ["a folded header", rawRequest("/", [HOST, "A: b", " c: d"]), /^HTTP\/1\.1 400 /],
    ["a space before the colon", rawRequest("/", [HOST, "Content-Length : 5"]), /^HTTP\/1\.1 400 /],
    ["a NUL byte in a header", rawRequest("/", [HOST, "A: b\0c"]), /^HTTP\/1\.1 400 /],
    ["100 kB of headers", rawRequest("/", [HOST, `A: ${"a".repeat(100_000)}`]), /^HTTP\/1\.1 431 /],
    [
      "10,000 headers",
      rawRequest("/", [HOST, ...Array.from({ length: 10_000 }, (_, n) => `A${n}: a`)]),
      /^HTTP\/1\.1 431 /,
    ],
    ["a target of 100 kB", rawRequest(`/${"a".repeat(100_000)}`), /^HTTP\/1\.1 431 /],
    ["HTTP/2 without asking", Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), /^HTTP\/1\.1 400 /],
    ["HTTP/0.9", Buffer.from("GET /\r\n\r\n"), /^HTTP\/1\.1 400 /],
    ["a method that is none", rawRequest("/", [HOST], "GRAB"), /^HTTP\/1\.1 400 /],
    ["noise", Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 131 + 7) % 256)), /^HTTP\/1\.1 400 /],
  ])("%s", async (_what, bytes, answer) => {
    const { text } = await sendRaw(server.port, bytes);
    expect(text).toMatch(answer);
    expectNothing(text);
    expect(text).not.toContain("start page");
  });

  test.each<[string, string[]]>([
    ["a length and chunks", ["Content-Length: 4", "Transfer-Encoding: chunked"]],
    ["chunks and a length", ["Transfer-Encoding: chunked", "Content-Length: 4"]],
    ["two lengths", ["Content-Length: 4", "Content-Length: 40"]],
    ["a length that is none", ["Content-Length: +4"]],
    ["an encoding behind chunked", ["Transfer-Encoding: chunked, identity"]],
    ["an encoding with a tab", ["Transfer-Encoding:\tchunked", "Content-Length: 4"]],
    ["an encoding that is none", ["Transfer-Encoding: xchunked"]],
  ])("a second request smuggled in by %s", async (_what, headers) => {
    const smuggled = "0\r\n\r\nGET /folder/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const head = ["POST / HTTP/1.1", HOST, ...headers, "", ""].join("\r\n");
    const { status, text } = await sendRaw(server.port, head + smuggled);
    // Without a length, all that follows is the body that nobody reads.
    expect([400, 405]).toContain(status);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(text).not.toContain("<p>folder");
  });
});

describe("what was asked for does not come back as a header", () => {
  test("a folder's name with a line break stays inside of the Location", async () => {
    const { status, text } = await sendRaw(server.port, rawRequest("/a%0d%0aset-cookie:%20stolen=1"));
    expect(status).toBe(302);
    expect(text).toMatch(/\r\nlocation: \/a%0D%0Aset-cookie%3A%20stolen%3D1\/\r\n/i);
    expect(text).not.toMatch(/\r\nset-cookie/i);
  });

  test.each(["//evil.example/%2f../folder", "//evil.example", "/\\evil.example", "/%2fevil.example", "//folder"])(
    "%s redirects to no other server",
    async (target) => {
      const { text } = await sendRaw(server.port, rawRequest(target));
      expect(/\r\nlocation: ([^\r]*)/i.exec(text)?.[1] ?? "/folder/").toBe("/folder/");
    },
  );
});

describe("WebSockets", () => {
  const upgrade = (target: string, host: string, more: string[] = []): Buffer =>
    rawRequest(target, [
      host,
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      ...more,
    ]);

  // `Connection: close` is in each of them, so add what asks for the upgrade.
  const ASK = ["Connection: Upgrade"];

  test.each<[string, Buffer, number]>([
    ["another name in the Host", upgrade("/peerjs?key=peerjs&id=a&token=a", "Host: evil.example", ASK), 403],
    ["two Hosts", upgrade("/peerjs?key=peerjs&id=a&token=a", "Host: localhost", ["Host: evil.example", ...ASK]), 400],
    ["an absolute target", upgrade("http://localhost/peerjs?key=peerjs&id=a&token=a", "Host: localhost", ASK), 400],
    ["another path", upgrade("/elsewhere", "Host: localhost", ASK), 404],
  ])("%s is refused", async (_what, bytes, status) => {
    expect((await sendRaw(server.port, bytes)).status).toBe(status);
  });
});
