import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encodeSignal, parseClientEnvelope, parseServerSignal, type ClientSignal } from "../src/peer-server.ts";

const SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n";
const LINE = "candidate:1 1 UDP 2122317823 192.0.2.2 36162 typ host";
const from = (frame: object): ReturnType<typeof parseServerSignal> =>
  parseServerSignal(JSON.stringify({ src: "peer1", ...frame }));

interface Recorded {
  readonly dir: string;
  readonly op?: string;
  readonly data: string;
}

const recorded = readFileSync(new URL("vectors/signaling.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded)
  .filter((frame) => frame.op === "text");

describe("frames that existing apps and servers sent", () => {
  test("[S3] every frame to a client is understood with its sdp, candidate or reason", () => {
    const frames = recorded.filter((frame) => frame.dir === "server->client");
    expect(frames.length).toBeGreaterThan(50);
    for (const { data } of frames) {
      const {
        src,
        type,
        payload: sent,
      } = JSON.parse(data) as { src?: string; type: string; payload?: Record<string, unknown> };
      // Nobody needs these of a remote.
      const { browser: _browser, reliable: _reliable, serialization: _serialization, ...payload } = sent ?? {};
      const signal = parseServerSignal(data);
      expect(signal).toMatchObject({ type, ...(src !== undefined && { src }), ...(sent && { payload }) });
    }
  });

  test("[S4] every frame to a server is read, its payload untouched", () => {
    const frames = recorded.filter((frame) => frame.dir === "client->server" && !frame.data.startsWith('{"id"'));
    expect(frames.length).toBeGreaterThan(50);
    for (const { data } of frames) {
      const { type, dst, payload } = JSON.parse(data) as Record<string, unknown>;
      expect(parseClientEnvelope(data)).toEqual({ type, dst, payload });
    }
  });
});

describe("frames to a client", () => {
  test.each(["OPEN", "ID-TAKEN", "INVALID-KEY", "HEARTBEAT"])(
    "[S3] %s is understood, whatever else is in it",
    (type) => {
      expect(parseServerSignal(JSON.stringify({ type, payload: { msg: "x" }, id: 1 }))).toEqual({ type });
    },
  );

  test("[S5] an ERROR's message is cut to 200 characters and may be missing", () => {
    expect(parseServerSignal('{"type": "ERROR", "payload": {"msg": "Peer X not found"}}')).toEqual({
      type: "ERROR",
      message: "Peer X not found",
    });
    expect(parseServerSignal(JSON.stringify({ type: "ERROR", payload: { msg: "x".repeat(1000) } }))).toEqual({
      type: "ERROR",
      message: "x".repeat(200),
    });
    expect(parseServerSignal('{"type":"ERROR"}')).toEqual({ type: "ERROR", message: "" });
    expect(parseServerSignal('{"type":"ERROR","payload":{"msg":{}}}')).toEqual({ type: "ERROR", message: "" });
  });

  test("[S6] EXPIRE and LEAVE name the node that they are about", () => {
    expect(from({ type: "EXPIRE", src: "ZZZZZZ" })).toEqual({ type: "EXPIRE", src: "ZZZZZZ" });
    expect(from({ type: "LEAVE" })).toEqual({ type: "LEAVE", src: "peer1" });
    expect(parseServerSignal('{"type":"EXPIRE"}')).toBeUndefined();
  });

  test("[S7] an OFFER's sdp may be an object or a plain string", () => {
    const expected = {
      type: "OFFER",
      src: "peer1",
      payload: { type: "data", connectionId: "c", label: "", sdp: { type: "offer", sdp: SDP } },
    };
    expect(from({ type: "OFFER", payload: { connectionId: "c", sdp: { type: "offer", sdp: SDP } } })).toEqual(expected);
    expect(from({ type: "OFFER", payload: { connectionId: "c", sdp: { sdp: SDP } } })).toEqual(expected);
    expect(from({ type: "OFFER", payload: { connectionId: "c", sdp: SDP } })).toEqual(expected);
  });

  test("[S7] SDP with bare line feeds is kept as it is", () => {
    const sdp = SDP.replaceAll("\r", "");
    expect(from({ type: "ANSWER", payload: { sdp } })).toMatchObject({ payload: { sdp: { type: "answer", sdp } } });
  });

  test.each([
    ["no payload", undefined],
    ["no sdp", { type: "data" }],
    ["a null sdp", { sdp: null }],
    ["an empty sdp", { sdp: "" }],
    ["garbage", { sdp: "hello" }],
    ["an sdp of the other type", { sdp: { type: "answer", sdp: SDP } }],
    ["an sdp over 32 KiB", { sdp: SDP.padEnd(32 * 1024 + 1, "a") }],
    ["a media call", { type: "media", sdp: { type: "offer", sdp: SDP } }],
    ["an array", [{ sdp: SDP }]],
  ])("[S7] an OFFER with %s is dropped", (_what, payload) => expect(from({ type: "OFFER", payload })).toBeUndefined());

  test("[S8] wrongly typed extras of an OFFER are left out, unknown ones ignored", () => {
    const payload = {
      connectionId: 7,
      sdp: SDP,
      label: {},
      reliable: "yes",
      serialization: null,
      browser: "x".repeat(300),
      clay: { v: "1" },
      hello: 1,
    };
    expect(from({ type: "OFFER", payload })).toEqual({
      type: "OFFER",
      src: "peer1",
      payload: { type: "data", connectionId: "", label: "", sdp: { type: "offer", sdp: SDP } },
    });
  });

  test("[S9] a node of this library announces itself", () => {
    expect(from({ type: "OFFER", payload: { sdp: SDP, clay: { v: 1, later: true } } })).toMatchObject({
      payload: { clay: { v: 1 } },
    });
    for (const clay of [null, 1, {}, { v: 0 }, { v: 1.5 }, { v: -1 }, []]) {
      expect(from({ type: "OFFER", payload: { sdp: SDP, clay } })).not.toHaveProperty("payload.clay");
    }
  });

  test("[S10] an ANSWER without sdp is a refusal when it says why, else dropped", () => {
    const refusal = { type: "data", connectionId: "c", clay: { v: 1, refused: "network-full" } };
    expect(from({ type: "ANSWER", payload: refusal })).toEqual({ type: "ANSWER", src: "peer1", payload: refusal });
    expect(from({ type: "ANSWER", payload: { clay: { v: 1, refused: "x".repeat(500) } } })).toMatchObject({
      payload: { clay: { refused: "x".repeat(200) } },
    });
    expect(from({ type: "ANSWER", payload: { clay: { v: 1 } } })).toBeUndefined();
    expect(from({ type: "ANSWER", payload: { clay: { refused: "no" } } })).toBeUndefined();
  });

  test("[S11] a REJECT has a reason of at most 200 characters", () => {
    expect(from({ type: "REJECT", payload: { connectionId: "c", reason: "Network full", type: "data" } })).toEqual({
      type: "REJECT",
      src: "peer1",
      payload: { type: "data", connectionId: "c", reason: "Network full" },
    });
    expect(from({ type: "REJECT", payload: { reason: "x".repeat(500) } })).toMatchObject({
      payload: { reason: "x".repeat(200) },
    });
    expect(from({ type: "REJECT" })).toBeUndefined();
  });

  test("[S12] a candidate gets a place when it has none, and loses what is wrongly typed", () => {
    const read = (candidate: object): unknown =>
      (from({ type: "CANDIDATE", payload: { candidate } }) as { payload: { candidate: unknown } }).payload.candidate;
    expect(read({ candidate: LINE, sdpMid: "0", sdpMLineIndex: 0, usernameFragment: "ab" })).toEqual({
      candidate: LINE,
      sdpMid: "0",
      sdpMLineIndex: 0,
      usernameFragment: "ab",
    });
    expect(read({ candidate: LINE })).toEqual({ candidate: LINE, sdpMid: "0", sdpMLineIndex: 0 });
    expect(read({ candidate: LINE, sdpMid: null, sdpMLineIndex: -1, usernameFragment: 5 })).toEqual({
      candidate: LINE,
      sdpMid: "0",
      sdpMLineIndex: 0,
    });
    expect(read({ candidate: LINE, sdpMid: "data", sdpMLineIndex: 1e9 })).toEqual({
      candidate: LINE,
      sdpMid: "data",
      sdpMLineIndex: 0,
    });
  });

  test.each([
    ["null", null],
    ["a string", LINE],
    ["an empty line (nobody needs the end of candidates)", { candidate: "" }],
    ["garbage", { candidate: "garbage" }],
    ["a second line", { candidate: `${LINE}\r\na=evil` }],
    ["a line over 1 KiB", { candidate: `${LINE} ${"a".repeat(1024)}` }],
    ["a number", { candidate: 1 }],
  ])("[S12] a CANDIDATE with %s is dropped", (_what, candidate) =>
    expect(from({ type: "CANDIDATE", payload: { candidate } })).toBeUndefined(),
  );

  test.each(["", " a", "a\n", "<b>", "__proto__", "x".repeat(65), 1, null, {}])(
    "[S13] a message from %j is dropped",
    (src) => {
      expect(from({ type: "LEAVE", src })).toBeUndefined();
      expect(from({ type: "OFFER", src, payload: { sdp: SDP } })).toBeUndefined();
    },
  );

  test.each([
    undefined,
    null,
    1,
    new ArrayBuffer(4),
    "",
    "null",
    "[]",
    '"OPEN"',
    "{}",
    '{"type":1}',
    '{"type":"PING"}',
    '{"type":"open"}',
    "{",
    "[".repeat(60000),
    " ".repeat(70000) + '{"type":"OPEN"}',
  ])("[S14] broken frame %# is dropped without an exception", (data) => {
    expect(parseServerSignal(data)).toBeUndefined();
  });
});

describe("frames to a server", () => {
  test("[S4] any type goes, with or without dst", () => {
    expect(parseClientEnvelope('{"type":"HEARTBEAT"}')).toEqual({ type: "HEARTBEAT" });
    expect(parseClientEnvelope('{"type":"NEW-THING","dst":"A","payload":[1],"src":"forged"}')).toEqual({
      type: "NEW-THING",
      dst: "A",
      payload: [1],
    });
  });

  test.each([
    "",
    "{",
    "[]",
    "{}",
    '{"dst":"A"}',
    '{"type":""}',
    '{"type":5}',
    `{"type":"${"x".repeat(33)}"}`,
    '{"type":"OFFER","dst":5}',
    `{"type":"OFFER","dst":"${"x".repeat(65)}"}`,
  ])("[S14] broken frame %# is dropped", (text) => expect(parseClientEnvelope(text)).toBeUndefined());

  test("[S4] what a client writes, a server reads", () => {
    const signals: ClientSignal[] = [
      { type: "HEARTBEAT" },
      {
        type: "OFFER",
        dst: "8EYEWX",
        payload: { type: "data", connectionId: "c", label: "c", sdp: { type: "offer", sdp: SDP }, clay: { v: 1 } },
      },
      {
        type: "ANSWER",
        dst: "8EYEWX",
        payload: { type: "data", connectionId: "c", clay: { v: 1, refused: "network-full" } },
      },
      {
        type: "CANDIDATE",
        dst: "8EYEWX",
        payload: { type: "data", connectionId: "c", candidate: { candidate: LINE, sdpMid: "0", sdpMLineIndex: 0 } },
      },
      { type: "REJECT", dst: "8EYEWX", payload: { type: "data", connectionId: "c", reason: "Network full" } },
      { type: "LEAVE", dst: "8EYEWX" },
    ];
    for (const signal of signals) {
      expect(parseClientEnvelope(encodeSignal(signal))).toEqual(signal);
      const { dst: _, ...rest } = { dst: "", ...signal };
      expect(from(rest)).toEqual(signal.type === "HEARTBEAT" ? signal : { ...rest, src: "peer1" });
    }
  });
});
