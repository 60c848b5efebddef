import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { createNodePlatform } from "../src/index.ts";
import { NodeSocket } from "../src/node-socket.ts";
import { explainSocketFailure } from "../src/socket-failure.ts";

const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});

async function port(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Opens a socket that will fail; resolves with the reason. */
async function whyNot(url: string): Promise<string> {
  const platform = createNodePlatform();
  const socket = platform.createWebSocket(url);
  const event = await new Promise((resolve) => (socket.onerror = resolve));
  return (await platform.loadHttp()).explainSocketFailure(url, event);
}

describe("why a socket did not open", () => {
  test("nothing listens there: unreachable", async () => {
    const server = createServer();
    const free = await port(server);
    server.close();
    expect(await whyNot(`ws://127.0.0.1:${free}/peerjs`)).toBe("unreachable");
  });

  test("no such host: unreachable", async () => {
    expect(await whyNot("ws://no-such-host.invalid/peerjs")).toBe("unreachable");
  });

  test("the connection is cut: unreachable", async () => {
    const server = createServer((socket) => socket.destroy());
    expect(await whyNot(`ws://127.0.0.1:${await port(server)}/`)).toBe("unreachable");
  });

  test("a web server says no: refused", async () => {
    const server = createHttpServer((_, response) => response.writeHead(403).end());
    expect(await whyNot(`ws://127.0.0.1:${await port(server)}/`)).toBe("refused");
  });

  test("a web server redirects: refused, and the redirect is not followed", async () => {
    let requests = 0;
    const server = createHttpServer((_, response) => {
      requests++;
      response.writeHead(302, { location: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/elsewhere` }).end();
    });
    expect(await whyNot(`ws://127.0.0.1:${await port(server)}/`)).toBe("refused");
    expect(requests).toBe(1);
  });

  test("something that is no web server answers: refused", async () => {
    const server = createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
    expect(await whyNot(`ws://127.0.0.1:${await port(server)}/`)).toBe("refused");
  });

  test("a server without TLS behind wss: certificate, as TLS is what failed", async () => {
    const server = createHttpServer();
    expect(await whyNot(`wss://127.0.0.1:${await port(server)}/`)).toBe("certificate");
  });

  test.each([
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  ])("Node's code %s: certificate", (code) => {
    expect(explainSocketFailure({ error: Object.assign(new Error("x"), { code }) })).toBe("certificate");
  });

  test.each([undefined, null, "text", {}, { error: 7 }])("nothing is known (%j): unreachable", (event) => {
    expect(explainSocketFailure(event)).toBe("unreachable");
  });
});

describe("an open socket", () => {
  test("closes after a second when the server does not answer the close", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    undo.push(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    server.on("connection", (_, { socket }) => socket.pause());
    const socket = new NodeSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, () => {});
    await new Promise<void>((resolve) => (socket.onopen = resolve));
    const closed = new Promise<{ code: number }>((resolve) => (socket.onclose = resolve));
    socket.close();
    expect((await closed).code).toBe(1006);
  });

  test("is closed by a message larger than 1 MiB, which is not delivered", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    undo.push(() => server.close());
    server.on("connection", (client) => client.send("x".repeat(1024 * 1024 + 1)));
    const socket = new NodeSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, () => {});
    let messages = 0;
    socket.onmessage = () => messages++;
    const { code } = await new Promise<{ code: number }>((resolve) => (socket.onclose = resolve));
    expect([code, messages]).toEqual([1006, 0]);
  });

  test("reports what a handler throws, and goes on", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    undo.push(() => server.close());
    server.on("connection", (client) => {
      client.send("one");
      client.send("two");
    });
    const reported: unknown[] = [];
    const socket = new NodeSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, (error) =>
      reported.push(error),
    );
    const data = await new Promise((resolve) => {
      socket.onmessage = (event) => {
        if (event.data === "two") resolve(event.data);
        else throw new Error(String(event.data));
      };
    });
    expect([data, reported]).toEqual(["two", [new Error("one")]]);
    const closed = new Promise((resolve) => (socket.onclose = resolve));
    socket.close();
    await closed;
  });
});
