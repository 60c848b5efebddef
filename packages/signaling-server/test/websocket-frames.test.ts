import { describe, expect, test } from "vitest";
import * as ws from "ws";
import {
  FrameReader,
  closeFrame,
  pingFrame,
  pongFrame,
  textFrame,
  type FrameHandler,
} from "../src/websocket-frames.ts";
import { seededRandom, type Random } from "./random.ts";

// ws exports them, but its types do not have them.
interface Reading extends NodeJS.EventEmitter {
  write(chunk: Buffer, callback: () => void): void;
}
const { Receiver, Sender } = ws as unknown as {
  readonly Receiver: new (options: object) => Reading;
  readonly Sender: { frame(data: Buffer, options: object): Buffer[] };
};

const MAX = 1000;

/** What a reader said, as texts. */
class Record implements FrameHandler {
  readonly said: string[] = [];
  onMessage(payload: Buffer): void {
    this.said.push(`message ${payload.toString()}`);
  }
  onFragment(): void {
    this.said.push("fragment");
  }
  onPing(payload: Buffer): void {
    this.said.push(`ping ${payload.toString()}`);
  }
  onPong(): void {
    this.said.push("pong");
  }
  onCloseFrame(code: number): void {
    this.said.push(`close ${code}`);
  }
  onViolation(code: number): void {
    this.said.push(`violation ${code}`);
  }
}

function read(chunks: readonly Buffer[], maxFrames = Infinity): string[] {
  const record = new Record();
  const reader = new FrameReader(MAX);
  for (const chunk of chunks) {
    // A copy, because reading changes it.
    const bytes = Buffer.from(chunk);
    for (let at = 0; at < bytes.length;) at = reader.read(bytes, at, maxFrames, record);
  }
  return record.said;
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin?: boolean;
  readonly mask?: boolean;
  readonly reserved?: number;
}

function bytesOf({ opcode, payload, fin = true, mask = true, reserved = 0 }: Frame): Buffer {
  const options = { fin, opcode, mask, rsv1: false, readOnly: true };
  const bytes = Buffer.concat(Sender.frame(payload, options));
  bytes[0]! |= reserved;
  return bytes;
}

const text = (payload: string, fin = true): Frame => ({ opcode: 1, payload: Buffer.from(payload), fin });

describe("reading a WebSocket's frames", () => {
  test("[S57] messages of every length arrive, however they are cut", () => {
    for (const length of [0, 1, 125, 126, 127, 999, 1000]) {
      const bytes = bytesOf(text("x".repeat(length)));
      const wanted = [`message ${"x".repeat(length)}`];
      expect(read([bytes])).toEqual(wanted);
      expect(read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(wanted);
    }
  });

  test("[S57] fragments make one message, with pings between them", () => {
    const ping = { opcode: 9, payload: Buffer.from("?") };
    const frames = [
      text("a", false),
      ping,
      { opcode: 0, payload: Buffer.from("b"), fin: false },
      { opcode: 0, payload: Buffer.from("c") },
    ];
    expect(read([Buffer.concat(frames.map(bytesOf))])).toEqual([
      "fragment",
      "ping ?",
      "fragment",
      "fragment",
      "message abc",
    ]);
  });

  test.each<[string, number, Frame[]]>([
    ["a frame that is not masked", 1002, [{ ...text("a"), mask: false }]],
    ["a reserved bit", 1002, [{ ...text("a"), reserved: 0x40 }]],
    ["an unknown opcode", 1002, [{ opcode: 3, payload: Buffer.from("a") }]],
    ["a ping in fragments", 1002, [{ opcode: 9, payload: Buffer.from("a"), fin: false }]],
    ["a ping over 125 bytes", 1002, [{ opcode: 9, payload: Buffer.alloc(126) }]],
    ["a continuation of nothing", 1002, [{ opcode: 0, payload: Buffer.from("a") }]],
    ["a message inside of another", 1002, [text("a", false), text("b")]],
    ["a close frame of one byte", 1002, [{ opcode: 8, payload: Buffer.from("a") }]],
    ["a close code that nobody may send", 1002, [{ opcode: 8, payload: Buffer.from([0x03, 0xee]) }]],
    ["text that is no UTF-8", 1007, [{ opcode: 1, payload: Buffer.from([0xc3, 0x28]) }]],
    ["a frame over the limit", 1009, [text("x".repeat(MAX + 1))]],
    ["fragments over the limit", 1009, [text("x".repeat(MAX), false), { opcode: 0, payload: Buffer.from("x") }]],
  ])("[S57] %s ends it with %i, and nothing is read after that", (_what, code, frames) => {
    const said = read([Buffer.concat([...frames, text("later")].map(bytesOf))]);
    expect(said.at(-1)).toBe(`violation ${code}`);
    expect(said).not.toContain("message later");
  });

  test("[S57] a length of 2^63 reserves no memory", () => {
    expect(read([Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])])).toEqual([]);
    expect(read([Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])])).toEqual([
      "violation 1009",
    ]);
  });

  test("[S57] any frames, in any pieces: it reads what ws reads", async () => {
    const random = seededRandom(57);
    for (let i = 0; i < 3000; i++) {
      const chunks = cut(random, Buffer.concat(Array.from({ length: 1 + random.below(6) }, () => randomFrame(random))));
      const wanted = await readByWs(chunks);
      const said = read(chunks, 1 + random.below(4)).filter((each) => each !== "fragment");
      expect([i, said]).toEqual([i, wanted]);
    }
  });
});

describe("writing frames", () => {
  test("[S57] a client reads what was written", async () => {
    const texts = [
      "",
      "x",
      "ü🙂",
      "x".repeat(125),
      "x".repeat(126),
      "ü".repeat(40_000),
      "x".repeat(65_535),
      "x".repeat(65_536),
    ];
    const frames = [
      ...texts.map((each) => textFrame(each)),
      pingFrame(),
      pongFrame(Buffer.from("!")),
      closeFrame(4000, "ü".repeat(100)),
    ];
    const said = await readByWs(frames, { isServer: false, maxPayload: 100_000 });
    expect(said).toEqual([...texts.map((each) => `message ${each}`), "ping ", "pong", "close 4000"]);
  });

  test("[S25] a forwarded frame is written like its text", () => {
    const source = Buffer.from('…{"n":"ü"}…');
    const start = source.indexOf("{");
    const end = source.indexOf("}") + 1;
    const head = '{"type":"X","src":"A","dst":"B","payload":';
    expect(textFrame({ head, source, start, end })).toEqual(textFrame(`${head}{"n":"ü"}}`));
  });
});

async function readByWs(
  chunks: readonly Buffer[],
  options: { isServer: boolean; maxPayload: number } = { isServer: true, maxPayload: MAX },
): Promise<string[]> {
  const said: string[] = [];
  const receiver = new Receiver({ ...options, allowSynchronousEvents: true });
  receiver.on("message", (data: Buffer) => said.push(`message ${data.toString()}`));
  receiver.on("ping", (data: Buffer) => said.push(`ping ${data.toString()}`));
  receiver.on("pong", () => said.push("pong"));
  receiver.on("conclude", (code: number) => said.push(`close ${code}`));
  let isOver = false;
  receiver.on("error", (error: Error) => {
    const code = Object.getOwnPropertySymbols(error).map(
      (each) => (error as unknown as { [key: symbol]: number })[each],
    );
    said.push(`violation ${code[0]}`);
    isOver = true;
  });
  receiver.on("finish", () => (isOver = true));
  for (const chunk of chunks) {
    if (isOver) break;
    await new Promise<void>((resolve) => receiver.write(Buffer.from(chunk), () => resolve()));
  }
  return said;
}

function cut(random: Random, bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random.below(random.pick([2, 10, 300, 3000]));
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

function randomFrame(random: Random): Buffer {
  // Mostly good ones, so that there is something behind them.
  const opcode = random.below(12) ? random.pick([0, 1, 1, 2, 9, 10]) : random.pick([3, 8, 11]);
  const fin = random.below(4) > 0 || opcode >= 8;
  // Bytes that are no UTF-8 are taken by ws when they are called binary; here nobody has a use for them.
  const length = opcode >= 8 ? random.below(random.below(20) ? 126 : 130) : random.pick([0, 1, 5, 125, 126, 200, 700]);
  const payload = Buffer.alloc(length, random.below(20) || opcode === 2 ? "abc" : Buffer.from([0xff]));
  if (opcode === 8 && length >= 2) payload.writeUInt16BE(random.pick([1000, 1001, 1005, 3000, 4999, 5000, 999]));
  const reserved = random.below(40) ? 0 : random.pick([0x40, 0x20, 0x10]);
  return bytesOf({ opcode, payload, fin, mask: random.below(40) > 0, reserved });
}
