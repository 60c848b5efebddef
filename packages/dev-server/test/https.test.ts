import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:https";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { lanAddresses } from "@clayground/lan";
import { generateCertificate } from "../src/certificate/self-signed.ts";
import { rawRequest, sendRaw } from "../../lan/test/raw.ts";
import { get } from "../../lan/test/request.ts";
import { start } from "./running.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clay-dev-server-home-"));
  vi.stubEnv("HOME", home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

function getSecurely(port: number, path: string): Promise<{ status: number; text: string; peer: PeerCertificate }> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, rejectUnauthorized: false, agent: false }, (response) => {
      const peer = (response.socket as unknown as { getPeerCertificate(): PeerCertificate }).getPeerCertificate();
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text, peer }));
    })
      .on("error", reject)
      .end();
  });
}

describe("a server with https", () => {
  test("serves pages that find signaling by wss, and takes their WebSockets", async () => {
    const { port, localUrl } = await start({ https: true });
    expect(localUrl).toBe(`https://localhost:${port}/`);
    const { status, text } = await getSecurely(port, "/");
    expect(status).toBe(200);
    const url = /content="(wss:[^"]*)"/.exec(text)?.[1];
    expect(url).toBe(`wss://127.0.0.1:${port}/peerjs`);
    const socket = new WebSocket(`${url}?key=peerjs&id=A&token=a`, { rejectUnauthorized: false });
    onTestFinished(() => socket.terminate());
    const [frame] = await new Promise<Buffer[]>((resolve, reject) => {
      socket.on("message", (data: Buffer) => resolve([data]));
      socket.on("error", reject);
    });
    expect(JSON.parse(String(frame))).toEqual({ type: "OPEN" });
  });

  test("names every address under which it is found", async () => {
    const { port } = await start({ https: true, allowHosts: ["game.test", ".below.test"] });
    const { peer } = await getSecurely(port, "/");
    const certificate = new X509Certificate(peer.raw);
    expect(certificate.checkHost("localhost")).toBeDefined();
    expect(certificate.checkHost("game.test")).toBeDefined();
    for (const address of ["127.0.0.1", "::1", ...lanAddresses()]) expect(certificate.checkIP(address)).toBeDefined();
  });

  test("tells who opened http:// where to go instead", async () => {
    const { port } = await start({ https: true });
    const { status, headers, text } = await get(port, '/a?b="><script>&c');
    expect(status).toBe(400);
    expect(headers["content-type"]).toMatch(/^text\/html/);
    expect(text).toContain(
      `This server speaks https: open <a href="https://127.0.0.1:${port}/a?b=&#34;&#62;&#60;script&#62;&#38;c">`,
    );
    expect((await get(port, "/", { host: "evil.example" })).status).toBe(403);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/peerjs?key=peerjs&id=A&token=a`);
    await expect(new Promise((_, reject) => socket.on("error", reject))).rejects.toThrow("400");
  });

  test("survives connections that say nothing, noise, or half a handshake", async () => {
    const { port } = await start({ https: true });
    const silent = connectTcp(port, "127.0.0.1");
    onTestFinished(() => void silent.destroy());
    expect((await sendRaw(port, Buffer.from([0, 1, 2, 3]))).status).toBe(400);
    for (const bytes of [Buffer.from([22]), Buffer.from([22, 3, 1, 2, 0, 1, 0])]) {
      const socket = connectTcp(port, "127.0.0.1", () => socket.end(bytes));
      await new Promise((resolve) =>
        socket
          .on("error", () => undefined)
          .on("close", resolve)
          .resume(),
      );
    }
    expect((await sendRaw(port, rawRequest("/"), true)).text).toContain("<p>Hello");
  });

  test("refuses what a plain server refuses", async () => {
    const { port } = await start({ https: true });
    expect((await sendRaw(port, rawRequest("/../../etc/passwd"), true)).status).toBe(404);
    expect((await sendRaw(port, rawRequest("/", ["Host: evil.example"]), true)).status).toBe(403);
    expect((await sendRaw(port, rawRequest("/", ["Host: localhost", `A: ${"a".repeat(50_000)}`]), true)).status).toBe(
      431,
    );
  });

  test("close() ends connections that are in the middle of a handshake, or keep quiet", async () => {
    const server = await start({ https: true });
    const ended = await Promise.all(
      ["", "\x16", "\x16\x03\x01"]
        .map(async (bytes) => {
          const socket = connectTcp(server.port, "127.0.0.1").on("error", () => undefined);
          const closed = new Promise((resolve) => socket.on("close", () => resolve(undefined)));
          await new Promise((resolve) => socket.once("connect", resolve));
          socket.write(bytes);
          return closed;
        })
        .concat(
          (async () => {
            await getSecurely(server.port, "/");
            await server.close();
            return undefined;
          })(),
        ),
    );
    expect(ended).toHaveLength(4);
  });

  test("uses its owner's certificate", async () => {
    const own = await generateCertificate(["own.test"], Date.now());
    const { port } = await start({ https: own });
    expect((await getSecurely(port, "/")).peer.subjectaltname).toBe("DNS:own.test");
  });

  test("refuses a certificate that is none, and a key that is another's", async () => {
    const [one, other] = [
      await generateCertificate(["a.test"], Date.now()),
      await generateCertificate(["b.test"], Date.now()),
    ];
    await expect(start({ https: { cert: one.cert, key: other.key } })).rejects.toThrow(
      "Cannot use this certificate and key: the key is another certificate's",
    );
    await expect(start({ https: { cert: "no", key: "no" } })).rejects.toThrow("Cannot use this certificate and key: ");
  });
});

test("a server without https says once that a browser tries it", async () => {
  const warn = vi.fn<(text: string) => void>();
  const { port, localUrl } = await start({ warn });
  for (let n = 0; n < 3; n++) await new Promise((resolve) => connect({ port, host: "127.0.0.1" }).on("error", resolve));
  expect(warn.mock.calls).toEqual([[expect.stringContaining(`this is http: open ${localUrl}, or start with --https`)]]);
});
