import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test, vi } from "vitest";
import type { SignalingServer, SignalingServerOptions } from "../src/index.ts";
import { seededRandom } from "./random.ts";
import { clientFrame, lanUpgradeRequest, rawSocket } from "./raw-socket.ts";
import { connected, lanConnected, start } from "./servers.ts";

const TEXT = 0x1;
const CONTINUATION = 0x0;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
// Its head, then its code; the answer to the handshake and what the server says is ASCII.
const CLOSE_FRAME = /\u0088[\0-\u007d]([\s\S]{2})/;

const startLan = (options: SignalingServerOptions = {}): Promise<SignalingServer> => start({ lan: true, ...options });

interface Opened {
  readonly socket: Socket;
  /** All that it gets, from the beginning. */
  readonly all: Promise<string>;
}

/** Opens a WebSocket as an existing app does, and sends these bytes with the request or after its answer. */
async function open(server: SignalingServer, bytes: Buffer | string, isAtOnce = false): Promise<Opened> {
  const socket = rawSocket(server.port);
  const all = allOf(socket);
  if (isAtOnce) {
    socket.write(Buffer.concat([Buffer.from(lanUpgradeRequest()), Buffer.from(bytes)]));
  } else {
    socket.write(lanUpgradeRequest());
    await once(socket, "data");
    socket.write(bytes);
  }
  return { socket, all };
}

/** All that a socket gets until it is closed, or the server has said that it closes it. */
function allOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("close", () => resolve(text));
    socket.on("data", (piece: Buffer) => {
      text += piece.toString("latin1");
      if (CLOSE_FRAME.test(text)) socket.destroy();
    });
  });
}

/** What such a client is told, and the code with which it is closed. */
async function refusalOf({ all }: Opened): Promise<{ msg: string; code: number }> {
  const text = await all;
  const msg = /"type":"ERROR","payload":\{"msg":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? "";
  return { msg, code: Buffer.from(CLOSE_FRAME.exec(text)?.[1] ?? "", "latin1").readUInt16BE() };
}

describe("a first frame", () => {
  test("[S61] that does not come in time ends the wait, with a word on what is missing", async () => {
    const server = await startLan({ handshakeMs: 50 });
    const { msg, code } = await refusalOf(await open(server, ""));
    expect(msg).toContain("Say who you are");
    expect(code).toBe(1008);
    expect(server.statistics().refusedTotal["handshake-timeout"]).toBe(1);
  });

  test("[S61] that comes piece by piece has no more time than any other", async () => {
    const server = await startLan({ handshakeMs: 80 });
    const opened = await open(server, clientFrame(TEXT, '{"id":', false));
    // A frame that is announced and never whole.
    opened.socket.write(clientFrame(CONTINUATION, "x".repeat(1000)).subarray(0, 500));
    expect((await refusalOf(opened)).msg).toContain("Say who you are");
    expect(server.clients).toBe(0);
  });

  test.each([
    ["no JSON", "hello", "must be JSON"],
    ["empty", "", "must be JSON"],
    ["a list", '["A"]', "must be JSON"],
    ["null", "null", "must be JSON"],
    ["nested too deep", `{"id":${"[".repeat(100)}${"]".repeat(100)}}`, "must be JSON"],
    ["with a number as id", '{"id":7}', "id is not allowed"],
    ["with null as id", '{"id":null}', "id is not allowed"],
    ["with an empty id", '{"id":""}', "id is not allowed"],
    ["with an id that is too long", `{"id":"${"A".repeat(65)}"}`, "id is not allowed"],
    ["with an id that is none", '{"id":"__proto__"}', "id is not allowed"],
    ["with an id that is markup", String.raw`{"id":"<b>\n"}`, "id is not allowed"],
    ["that is bytes", Buffer.from([0x7b, 0x7d, 0x00]), "must be JSON"],
  ])("[S61] %s is refused", async (_what, payload, words) => {
    const server = await startLan();
    const { msg, code } = await refusalOf(await open(server, clientFrame(TEXT, payload)));
    expect(msg).toContain(words);
    expect([code, server.statistics().refusedTotal["bad-request"], server.clients]).toEqual([1008, 1, 0]);
  });

  test("[S61] with an id that this server takes from nobody is refused", async () => {
    const server = await startLan({ idPattern: /[A-Z]+/ });
    expect(await refusalOf(await open(server, clientFrame(TEXT, '{"id":"abc"}')))).toMatchObject({ code: 1008 });
    // Nor does an id that is invented pass what it may look like.
    expect(await refusalOf(await open(server, clientFrame(TEXT, "{}")))).toMatchObject({ code: 1008 });
  });

  test.each([
    ["over 16 KiB", 17_000],
    ["over what any frame may have", 65_000],
  ])("[S61] %s is refused unread, with code 1009", async (_what, length) => {
    const server = await startLan({ maxPayload: 60_000 });
    const first = JSON.stringify({ id: "A", x: "x".repeat(length) });
    expect(await refusalOf(await open(server, clientFrame(TEXT, first)))).toEqual({
      msg: "The first frame is larger than 16384 bytes",
      code: 1009,
    });
    expect(server.statistics().refusedTotal["frame-size"]).toBe(1);
  });

  test("[S61] a large one that is allowed is read, in fragments too", async () => {
    const server = await startLan();
    const first = JSON.stringify({ id: "A", x: "x".repeat(15_000) });
    const frames = [
      clientFrame(TEXT, first.slice(0, 9000), false),
      clientFrame(PING, ""),
      clientFrame(CONTINUATION, first.slice(9000)),
    ];
    await open(server, Buffer.concat(frames));
    await vi.waitFor(() => expect(server.peers()).toEqual(["A"]));
  });

  test("[S61] what is no WebSocket frame ends it with code 1002, as for all", async () => {
    const server = await startLan();
    const unmasked = Buffer.from([0x81, 0x02, 0x7b, 0x7d]);
    expect(await refusalOf(await open(server, unmasked))).toEqual({ msg: "", code: 1002 });
  });

  test("[S61] 200 random beginnings leave the server as it was", async () => {
    const random = seededRandom(4);
    const server = await startLan({ connectionBurst: 1e6, handshakeMs: 300 });
    const witness = await lanConnected(server.url, "witness");
    const pieces = [
      '{"id":',
      '"A"',
      "{",
      "}",
      ",",
      '"type":"HEARTBEAT"',
      "[",
      "null",
      "\u0000",
      "😀",
      '"dst":"witness"',
    ];
    const sockets = Array.from({ length: 200 }, () => {
      const frames = Array.from({ length: 10 }, () => {
        const text = Array.from({ length: random.below(8) }, () => random.pick(pieces)).join("");
        const opcode = random.pick([TEXT, TEXT, TEXT, CONTINUATION, PING, 2, 3]);
        return clientFrame(opcode, text, random.below(4) > 0);
      });
      const socket = rawSocket(server.port);
      const bytes = Buffer.concat([Buffer.from(lanUpgradeRequest()), ...frames]);
      const cut = random.below(bytes.length);
      socket.write(bytes.subarray(0, cut));
      socket.end(bytes.subarray(cut));
      return once(socket, "close");
    });
    await Promise.all(sockets);
    witness.send({ type: "HEARTBEAT" });
    expect(await witness.next()).toEqual({ type: "HEARTBEAT" });
    await vi.waitFor(() => expect(server.peers()).toEqual(["witness"]));
  });
});

describe("before the first frame", () => {
  test.each([
    ["pings", clientFrame(PING, "x".repeat(100))],
    ["pongs", clientFrame(PONG, "")],
  ])("[S61] who floods with %s is closed, and its address pays for it", async (_what, frame) => {
    const server = await startLan({ connectionBurst: 4, connectionsPerSecond: 0.001 });
    const { msg, code } = await refusalOf(await open(server, Buffer.concat(Array.from({ length: 5000 }, () => frame))));
    expect([msg, code]).toEqual(["Too many messages", 1008]);
    // Two of the four are used up now: one by the connection, one as fine.
    await lanConnected(server.url, "A");
    await lanConnected(server.url, "B");
    const late = rawSocket(server.port);
    late.write("GET /peerjs/peerjs/id HTTP/1.1\r\nHost: x\r\n\r\n");
    await vi.waitFor(() => expect(server.statistics().refusedTotal["connection-rate"]).toBe(1));
    // Its answer would take a second.
    late.destroy();
  });

  test("[S61] so is who sends a frame in pieces of one byte", async () => {
    const server = await startLan();
    const pieces = [clientFrame(TEXT, "{", false)];
    for (let i = 0; i < 1000; i++) pieces.push(clientFrame(CONTINUATION, " ", false));
    expect(await refusalOf(await open(server, Buffer.concat(pieces)))).toEqual({
      msg: "Too many messages",
      code: 1008,
    });
    expect(server.statistics().refusedTotal["message-rate"]).toBe(1);
  });

  test("[S61] only so many wait, of all and of one address, and each makes room when it goes", async () => {
    for (const [options, reason] of [
      [{ maxClients: 3 }, "server-full"],
      [{ maxClientsPerAddress: 3 }, "address-full"],
    ] as const) {
      const server = await startLan(options);
      const waiting = await Promise.all([open(server, ""), open(server, ""), open(server, "")]);
      const { msg, code } = await refusalOf(await open(server, "", true));
      expect(msg).toContain("concurrent user limit");
      expect([code, server.statistics().refusedTotal[reason]]).toEqual([1013, 1]);
      // One hangs up, one says good-bye, one says who it is.
      waiting[0].socket.destroy();
      waiting[1].socket.write(clientFrame(CLOSE, ""));
      waiting[2].socket.write(clientFrame(TEXT, '{"id":"A"}'));
      await vi.waitFor(() => expect(server.peers()).toEqual(["A"]));
      await waiting[1].all;
      await lanConnected(server.url, "B");
      await Promise.all([open(server, ""), open(server, "")]);
      expect(server.statistics().refusedTotal[reason]).toBe(1);
    }
  });

  test("[S61] who waits takes no place from clients that say who they are at once", async () => {
    const server = await startLan({ maxClients: 2 });
    await Promise.all([open(server, ""), open(server, "")]);
    await connected(server.url, "A");
    await connected(server.url, "B");
    expect(server.clients).toBe(2);
  });

  test("[S61] nobody is taken any more once the server drains", async () => {
    const server = await startLan();
    const opened = await open(server, "");
    await server.drain(0);
    opened.socket.write(clientFrame(TEXT, '{"id":"A"}'));
    expect(await refusalOf(opened)).toEqual({ msg: "The server restarts", code: 1013 });
  });
});

describe("all at once", () => {
  test("[S59] request, first frame, and what follows in one piece are read in order", async () => {
    const server = await startLan();
    const host = await connected(server.url, "HOST");
    const frames = Array.from({ length: 100 }, (_, n) =>
      clientFrame(TEXT, JSON.stringify({ type: "CANDIDATE", dst: "HOST", payload: n })),
    );
    await open(server, Buffer.concat([clientFrame(TEXT, '{"id":"A"}'), ...frames]), true);
    for (let n = 0; n < 100; n++) expect(await host.next()).toMatchObject({ src: "A", payload: n });
  });

  test("[S59] and a good-bye at the end counts, while the operator's check took its time", async () => {
    let allow: (isAllowed: boolean) => void = () => undefined;
    const authorize = vi.fn<() => Promise<boolean>>(
      () =>
        new Promise((resolve) => {
          allow = resolve;
        }),
    );
    const server = await startLan({ authorize });
    const frames = [clientFrame(TEXT, '{"id":"A"}'), clientFrame(TEXT, '{"type":"HEARTBEAT"}'), clientFrame(CLOSE, "")];
    const socket = rawSocket(server.port, { allowHalfOpen: true });
    socket.end(Buffer.concat([Buffer.from(lanUpgradeRequest()), ...frames]));
    await vi.waitFor(() => expect(authorize).toHaveBeenCalledOnce());
    const all = allOf(socket);
    allow(true);
    expect(await all).toMatch(/"type":"OPEN"[\s\S]*"type":"HEARTBEAT"/);
    expect(server.statistics()).toMatchObject({ clients: 0, acceptedTotal: 1 });
  });

  test("[S60] who sends too much after its first frame is closed as all are", async () => {
    const server = await startLan({ burst: 20, messagesPerSecond: 10 });
    const frames = Array.from({ length: 100 }, () => clientFrame(TEXT, "{"));
    const { msg, code } = await refusalOf(
      await open(server, Buffer.concat([clientFrame(TEXT, '{"id":"A"}'), ...frames])),
    );
    expect([msg, code]).toEqual(["Too many messages", 1008]);
  });
});
