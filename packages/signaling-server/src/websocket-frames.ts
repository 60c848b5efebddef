import { isUtf8 } from "node:buffer";
import { endianness } from "node:os";
import type { Outgoing } from "./forwarded-frame.ts";

/** What came in a WebSocket's bytes. A payload is only to be read at once: it is part of what was received. */
export interface FrameHandler {
  /** A whole message, of text or of bytes that are UTF-8. */
  onMessage(payload: Buffer): void;
  /** A part of a message, an empty one too. */
  onFragment(): void;
  onPing(payload: Buffer): void;
  onPong(): void;
  /** The client's close frame; 1005 when it has no code. */
  onCloseFrame(code: number): void;
  /** It breaks RFC 6455, or is larger than allowed; `code` says which. Nothing can be read after that. */
  onViolation(code: ViolationCode): void;
}

/** RFC 6455: 1002 for broken frames, 1007 for text that is no UTF-8, 1009 for one that is too large. */
export type ViolationCode = 1002 | 1007 | 1009;

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const MAX_CONTROL_LENGTH = 125;
const CLOSE_BRACE = 0x7d;
const MIN_WORDS_BYTES = 16;
const IS_LITTLE_ENDIAN = endianness() === "LE";

/**
 * Reads the frames of a WebSocket's client (RFC 6455, no extensions). It keeps bytes only while a frame or a
 * message is incomplete, and never more than these. The stream that `ws` has for this costs 2 KiB for each
 * connection, and a third of the CPU time for a message.
 */
export class FrameReader {
  readonly #maxPayload: number;
  // The beginning of a frame, in a buffer that grows as bytes come: a length alone reserves nothing.
  #begun: Buffer | undefined;
  #begunLength = 0;
  // One buffer that grows: a buffer each costs 100 bytes, however short it is, and keeps a pool of 8 KiB.
  #fragments: Buffer | undefined;
  #fragmentsLength = 0;
  #stopped = false;
  #paused = false;

  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload;
  }

  /** Whether it has stopped. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Lets `read` return behind the frame that is being read. */
  pause(): void {
    this.#paused = true;
  }

  /** Reads no further, not even what it already has. */
  stop(): void {
    this.#stopped = true;
    this.#begun = undefined;
    this.#fragments = undefined;
  }

  /**
   * Takes what was received from `from` on, and may change it: frames are unmasked where they are. Returns up to where
   * it has read, which is not to the end after `maxFrames` frames.
   */
  read(chunk: Buffer, from: number, maxFrames: number, handler: FrameHandler): number {
    let at = from;
    let frames = 0;
    this.#paused = false;
    while (!this.#stopped && !this.#paused && frames < maxFrames) {
      const begun = this.#begun;
      const start = begun ? 0 : at;
      const available = begun ? this.#begunLength : chunk.length - at;
      if (!begun && available === 0) return at;
      const size = frameSize(begun ?? chunk, start, available, this.#maxPayload);
      if (size < 0) {
        this.#violated(handler, -size);
      } else if (size <= available) {
        this.#begun = undefined;
        if (!begun) at += size;
        frames += 1;
        this.#take(begun ?? chunk, start, size, handler);
      } else {
        if (at === chunk.length) return at;
        if (!begun) this.#begunLength = 0;
        const length = Math.min(size - this.#begunLength, chunk.length - at);
        this.#append(chunk, at, length, size);
        at += length;
      }
    }
    return this.#stopped ? chunk.length : at;
  }

  #append(chunk: Buffer, at: number, length: number, needed: number): void {
    const total = this.#begunLength + length;
    const old = this.#begun;
    if (!old || old.length < total) {
      const size = Math.max(total, Math.min(needed, 2 * (old?.length ?? 64)));
      // Not from the pool, which one small piece would keep.
      const grown = Buffer.allocUnsafeSlow(size);
      old?.copy(grown, 0, 0, this.#begunLength);
      this.#begun = grown;
    }
    if (this.#begun) chunk.copy(this.#begun, this.#begunLength, at, at + length);
    this.#begunLength = total;
  }

  #take(buffer: Buffer, at: number, size: number, handler: FrameHandler): void {
    const first = buffer[at] ?? 0;
    const start = at + headerSize(buffer, at);
    const end = at + size;
    unmask(buffer, start, end);
    const payload = buffer.subarray(start, end);
    const isLast = (first & FIN) !== 0;
    switch (first & 0xf) {
      case PING:
        return handler.onPing(payload);
      case PONG:
        return handler.onPong();
      case CLOSE:
        return this.#close(payload, handler);
      case CONTINUATION:
        if (!this.#fragments) return this.#violated(handler, 1002);
        return this.#fragment(payload, isLast, handler);
      default:
        if (this.#fragments) return this.#violated(handler, 1002);
        if (isLast) return this.#message(payload, handler);
        this.#fragments = Buffer.allocUnsafeSlow(payload.length);
        this.#fragmentsLength = 0;
        return this.#fragment(payload, false, handler);
    }
  }

  #fragment(payload: Buffer, isLast: boolean, handler: FrameHandler): void {
    const total = this.#fragmentsLength + payload.length;
    if (total > this.#maxPayload) return this.#violated(handler, 1009);
    let kept = this.#fragments ?? Buffer.alloc(0);
    if (kept.length < total) {
      kept = Buffer.allocUnsafeSlow(Math.min(this.#maxPayload, Math.max(total, 2 * kept.length)));
      this.#fragments?.copy(kept, 0, 0, this.#fragmentsLength);
      this.#fragments = kept;
    }
    payload.copy(kept, this.#fragmentsLength);
    this.#fragmentsLength = total;
    handler.onFragment();
    if (!isLast || !this.#fragments) return;
    const message = kept.subarray(0, total);
    this.#fragments = undefined;
    this.#message(message, handler);
  }

  #message(payload: Buffer, handler: FrameHandler): void {
    if (isUtf8(payload)) handler.onMessage(payload);
    else this.#violated(handler, 1007);
  }

  #close(payload: Buffer, handler: FrameHandler): void {
    const hasCode = payload.length > 0;
    const code = payload.length > 1 ? payload.readUInt16BE(0) : 0;
    if (hasCode && !isCloseCode(code)) return this.#violated(handler, 1002);
    if (!isUtf8(payload.subarray(2))) return this.#violated(handler, 1007);
    // Nothing may follow a close frame.
    this.stop();
    handler.onCloseFrame(hasCode ? code : 1005);
  }

  #violated(handler: FrameHandler, code: number): void {
    this.stop();
    handler.onViolation(code === 1007 || code === 1009 ? code : 1002);
  }
}

/** A text frame for a client, in `room` where it fits. */
export function textFrame(outgoing: Outgoing, room?: Buffer): Buffer {
  if (typeof outgoing === "string") {
    const length = Buffer.byteLength(outgoing);
    const frame = emptyTextFrame(length, room);
    frame.write(outgoing, frame.length - length, "utf8");
    return frame;
  }
  const { head, source, start, end } = outgoing;
  const length = head.length + end - start + 1;
  const frame = emptyTextFrame(length, room);
  const at = frame.length - length;
  frame.write(head, at, "latin1");
  source.copy(frame, at + head.length, start, end);
  frame[frame.length - 1] = CLOSE_BRACE;
  return frame;
}

/** A text frame with its header, and room for its payload at the end. */
function emptyTextFrame(length: number, room: Buffer | undefined): Buffer {
  const header = length <= MAX_CONTROL_LENGTH ? 2 : length < 65_536 ? 4 : 10;
  const size = header + length;
  const frame = room && size <= room.length ? room.subarray(0, size) : Buffer.allocUnsafe(size);
  frame[0] = FIN | TEXT;
  if (header === 2) {
    frame[1] = length;
  } else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
  return frame;
}

/** A close frame for a client; `reason` is cut to the 123 bytes that there are. */
export function closeFrame(code: number, reason: string): Buffer {
  if (code === 1005) return Buffer.from([FIN | CLOSE, 0]);
  let text = reason;
  while (Buffer.byteLength(text) > MAX_CONTROL_LENGTH - 2) text = text.slice(0, -1);
  const length = 2 + Buffer.byteLength(text);
  const frame = Buffer.alloc(2 + length);
  frame[0] = FIN | CLOSE;
  frame[1] = length;
  frame.writeUInt16BE(code, 2);
  frame.write(text, 4);
  return frame;
}

/** A ping without payload. */
export function pingFrame(): Buffer {
  return Buffer.from([FIN | PING, 0]);
}

/** The answer to a ping. */
export function pongFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([FIN | PONG, payload.length]), payload]);
}

function headerSize(buffer: Buffer, at: number): number {
  const length = (buffer[at + 1] ?? 0) & 0x7f;
  return length === 127 ? 14 : length === 126 ? 8 : 6;
}

/**
 * Bytes of the frame that begins at `at`. While its header is not all there: of as much as must come first, which is
 * then more than is available. For a violation its code, negative.
 */
function frameSize(buffer: Buffer, at: number, available: number, maxPayload: number): number {
  if (available < 2) return 2;
  const first = buffer[at] ?? 0;
  const second = buffer[at + 1] ?? 0;
  const opcode = first & 0xf;
  const isControl = opcode >= CLOSE;
  const isKnown = opcode <= BINARY || (isControl && opcode <= PONG);
  if ((first & RESERVED) !== 0 || !isKnown || (second & MASKED) === 0) return -1002;
  let length = second & 0x7f;
  if (isControl && (length > MAX_CONTROL_LENGTH || (first & FIN) === 0)) return -1002;
  const header = headerSize(buffer, at);
  if (available < header) return header;
  if (length === 126) length = buffer.readUInt16BE(at + 2);
  else if (length === 127) length = buffer.readUInt32BE(at + 2) * 2 ** 32 + buffer.readUInt32BE(at + 6);
  return length > maxPayload && !isControl ? -1009 : header + length;
}

function unmask(buffer: Buffer, start: number, end: number): void {
  const mask = buffer.subarray(start - 4, start);
  // Four bytes at a time, three times as fast as one by one, from where a number may begin. Not worth it for a few.
  const aligned = end - start < MIN_WORDS_BYTES ? end : start + (-(buffer.byteOffset + start) & 3);
  for (let i = start; i < aligned; i++) buffer[i]! ^= mask[(i - start) & 3]!;
  if (aligned === end) return;
  const words = new Int32Array(buffer.buffer, buffer.byteOffset + aligned, (end - aligned) >> 2);
  let word = 0;
  // In whatever order this machine has the bytes of a number.
  for (let i = 0; i < 4; i++) word |= mask[(aligned - start + i) & 3]! << (IS_LITTLE_ENDIAN ? 8 * i : 24 - 8 * i);
  for (let i = 0; i < words.length; i++) words[i]! ^= word;
  for (let i = aligned + 4 * words.length; i < end; i++) buffer[i]! ^= mask[(i - start) & 3]!;
}

function isCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}
