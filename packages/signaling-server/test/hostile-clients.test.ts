import { once } from "node:events";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isSignalingPath } from "../src/endpoint.ts";
import { createSignalingServer } from "../src/index.ts";
import { FrameReader } from "../src/websocket-frames.ts";
import { CommandRun } from "./command.ts";
import { clientFrame, rawSocket, streamRequest, upgradeRequest } from "./raw-socket.ts";
import { connect, connected, start } from "./servers.ts";

const TEXT = 0x1;
const CONTINUATION = 0x0;
const CLOSE = 0x8;
const PING = 0x9;
const CLOSE_NORMALLY = Buffer.from([0x03, 0xe8]);

describe("requests that no browser sends", () => {
  test("a path of 16,000 slashes is looked at in no time", async () => {
    const path = `${"/".repeat(16_000)}x`;
    // As a regular expression it took 0.2 s each.
    for (let i = 0; i < 200; i++) expect(isSignalingPath(path, "/peerjs")).toBe(false);
    const { port } = await start();
    const socket = rawSocket(port);
    socket.write(`GET ${"/".repeat(15_900)}x HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 /);
  });

  test.each([
    ["behind another one", streamRequest("A") + streamRequest("B")],
    ["behind another request", `GET /peerjs/peerjs/id HTTP/1.1\r\nHost: x\r\n\r\n${streamRequest("A")}`],
  ])("an event stream %s on the same connection is nobody, and close() resolves", async (_where, requests) => {
    const server = await createSignalingServer({ port: 0, host: "127.0.0.1" });
    const socket = rawSocket(server.port);
    socket.write(requests);
    // It would never hear that its connection has ended, so it is hung up on.
    await once(socket, "close");
    await vi.waitFor(() => expect(server.clients).toBe(0));
    await server.close();
  });

  test("the command ends after SIGTERM, although there were such", async () => {
    const run = new CommandRun(["--port", "0", "--host", "127.0.0.1", "--drain-seconds", "0"]);
    onTestFinished(() => void run.process.kill("SIGKILL"));
    const { url = "" } = await run.logged("listening");
    const socket = rawSocket(Number(new URL(url).port));
    socket.write(streamRequest("A") + streamRequest("B"));
    await once(socket, "close");
    run.process.kill("SIGTERM");
    expect((await run.ended).code).toBe(0);
  });
});

describe("messages in many pieces", () => {
  const silent = {
    onFragment: () => undefined,
    onPing: () => undefined,
    onPong: () => undefined,
    onCloseFrame: () => undefined,
  };

  test.each([
    ["empty", ""],
    ["of one byte", "x"],
  ])("[S57] 60,000 fragments, %s, take a few buffers, not one each", (_what, payload) => {
    const reader = new FrameReader(65_536);
    const messages: number[] = [];
    const handler = {
      ...silent,
      onMessage: (message: Buffer) => void messages.push(message.length),
      onViolation: (code: number) => expect.unreachable(String(code)),
    };
    const [first, next, last] = [
      clientFrame(TEXT, payload, false),
      clientFrame(CONTINUATION, payload, false),
      clientFrame(CONTINUATION, payload),
    ];
    const allocations = [vi.spyOn(Buffer, "allocUnsafeSlow"), vi.spyOn(Buffer, "from"), vi.spyOn(Buffer, "concat")];
    onTestFinished(() => void vi.restoreAllMocks());
    reader.read(first, 0, 1, handler);
    for (let i = 0; i < 60_000; i++) {
      reader.read(next, 0, 1, handler);
      // Reading has unmasked it.
      for (let at = 6; at < next.length; at++) next[at]! ^= next[at - 4]!;
    }
    reader.read(last, 0, 1, handler);
    expect(messages).toEqual([60_002 * payload.length]);
    expect(allocations.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBeLessThan(25);
  });
});

describe("clients that hang up, or do not read", () => {
  test("[S38] who pings and reads no pong is dropped when too many of them wait", async () => {
    const server = await start({ maxBacklog: 65_536, burst: 1e6, messagesPerSecond: 1e6 });
    const socket = rawSocket(server.port);
    socket.write(upgradeRequest("A"));
    await vi.waitFor(() => expect(server.clients).toBe(1));
    socket.pause();
    const pings = Buffer.concat(Array.from({ length: 1000 }, () => clientFrame(PING, Buffer.alloc(125))));
    // The systems' own buffers take some MiB first.
    await vi.waitFor(
      () => {
        if (socket.writableLength < 4_000_000) socket.write(pings);
        expect(server.statistics().refusedTotal.backlog).toBe(1);
      },
      { timeout: 10_000, interval: 2 },
    );
    expect(server.clients).toBe(0);
  });

  test("[S56] what was sent before hanging up arrives, and the good-bye at its end counts", async () => {
    const server = await start();
    const receiver = await connected(server.url, "B");
    const socket = rawSocket(server.port);
    socket.write(upgradeRequest("A"));
    await vi.waitFor(() => expect(server.clients).toBe(2));
    const frames = Array.from({ length: 300 }, (_, n) =>
      clientFrame(TEXT, JSON.stringify({ type: "CANDIDATE", dst: "B", payload: n })),
    );
    socket.end(Buffer.concat([...frames, clientFrame(CLOSE, CLOSE_NORMALLY)]));
    for (let n = 0; n < 300; n++) expect(await receiver.next()).toMatchObject({ src: "A", payload: n });
    await vi.waitFor(() => expect(server.clients).toBe(1));
    expect(await connect(server.url, "A", "other").next()).toEqual({ type: "OPEN" });
  });

  test("[S50] who hangs up while it is authorized is no client for long", async () => {
    let authorized: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => {
      authorized = resolve;
    });
    let allow: (isAllowed: boolean) => void = () => undefined;
    const http = createServer();
    const sockets: Socket[] = [];
    http.on("connection", (each) => sockets.push(each));
    await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void http.close());
    const server = await start({
      server: http,
      authorize: () => {
        authorized?.();
        return new Promise((resolve) => {
          allow = resolve;
        });
      },
    });
    const socket = rawSocket(server.port, { allowHalfOpen: true });
    socket.end(upgradeRequest("A"));
    await asked;
    await vi.waitFor(() => expect(sockets[0]?.readableEnded).toBe(true));
    allow(true);
    await once(socket, "end");
    await vi.waitFor(() => expect(server.clients).toBe(0));
  });

  test("[S25] what goes through a transport that keeps it for a while stays as it was", async () => {
    const http = createServer();
    const server = await start({ server: http });
    // As an SSH channel or a tunnel: what is written is not copied.
    const open = (id: string): { channel: Duplex; written: Buffer[] } => {
      const written: Buffer[] = [];
      const channel = new Duplex({
        read: () => undefined,
        write: (chunk: Buffer, _encoding, done) => {
          written.push(chunk);
          done();
        },
      });
      http.emit("connection", channel);
      channel.push(upgradeRequest(id));
      return { channel, written };
    };
    const [a, b] = [open("A"), open("B")];
    await vi.waitFor(() => expect(server.clients).toBe(2));
    const say = (channel: Duplex, dst: string): void =>
      void channel.push(clientFrame(TEXT, JSON.stringify({ type: "X", dst, payload: `secret for ${dst}` })));
    say(a.channel, "B");
    say(b.channel, "A");
    await vi.waitFor(() => expect(Buffer.concat(a.written).toString("latin1")).toContain("secret for A"));
    const atB = Buffer.concat(b.written).toString("latin1");
    expect([atB.includes("secret for B"), atB.includes("secret for A")]).toEqual([true, false]);
  });
});
