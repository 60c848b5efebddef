import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startDevServer, type DevServer } from "../src/index.ts";
import { fillWithTraps, SECRET, WAYS_OUT } from "../../lan/test/ways-out.ts";
import { Project } from "../../lan/test/project.ts";
import { rawRequest, sendRaw } from "../../lan/test/raw.ts";
import { get } from "../../lan/test/request.ts";

const project = new Project();
let server: DevServer;

beforeAll(async () => {
  fillWithTraps(project);
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
  test.each<readonly [string, string]>([
    ...WAYS_OUT,
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
