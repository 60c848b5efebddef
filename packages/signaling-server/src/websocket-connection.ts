import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { Connection, type ConnectionListener } from "./connection.ts";
import type { Outgoing } from "./forwarded-frame.ts";
import type { ReadingQueue } from "./reading-queue.ts";
import { FrameReader, closeFrame, pingFrame, pongFrame, textFrame } from "./websocket-frames.ts";
import type { FrameHandler, ViolationCode } from "./websocket-frames.ts";

// How long a client may take to answer a close frame; one without a timer would keep its socket for ever.
const CLOSE_TIMEOUT_MS = 2000;
// Long enough for ERROR and close frame to go out over a slow line. And who floods comes back as soon as it is rid of
// its socket: until then it fills its own buffers.
const FLOOD_TIMEOUT_MS = 2000;
// A read of 64 KiB can hold 10,000 frames.
const FRAMES_AT_ONCE = 8;
const BYTES_AT_ONCE = 16 * 1024;
// Node reads up to 32 times 64 KiB from a socket before it looks at the next one. An offer has 2 to 4 KiB.
const BYTES_WITHOUT_WAITING = 4 * 1024;
// What was on the way when it was closed.
const FRAMES_AFTER_CLOSE = 64;
const CLOSED_ABNORMALLY = 1006;

// All frames go through one buffer, as long as sockets take them at once: a buffer each costs 1.4 µs, with its garbage.
const SEND_ROOM_BYTES = 16 * 1024;
let sendRoom: Buffer | undefined;

const OWNER = Symbol("the connection of this socket");

interface OwnedSocket extends Duplex {
  [OWNER]?: WebSocketConnection;
}

/** A client's WebSocket. Its listeners are shared by all: one set of closures each costs 0.5 KiB. */
export class WebSocketConnection extends Connection implements FrameHandler {
  override readonly transport = "websocket";
  override readonly patience = 1;
  readonly #socket: OwnedSocket;
  readonly #reader: FrameReader;
  readonly #queue: ReadingQueue;
  #rest: Buffer | undefined;
  /** A message that is to come again. */
  #heldBack: Buffer | undefined;
  #isReading = false;
  #isClosing = false;
  #framesAfterClose = 0;
  #closeCode = CLOSED_ABNORMALLY;

  /** @param socket whose opening handshake has been answered */
  constructor(
    socket: Duplex,
    address: string,
    listener: ConnectionListener,
    { maxPayload, queue }: { readonly maxPayload: number; readonly queue: ReadingQueue },
  ) {
    super(address, listener);
    this.#queue = queue;
    this.#socket = socket;
    this.#reader = new FrameReader(maxPayload);
    this.#socket[OWNER] = this;
    socket.on("error", destroy);
    socket.on("close", onClose);
  }

  get backlog(): number {
    return this.#socket.writableLength;
  }

  start(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    if (this.#heldBack) {
      if (this.#rest) this.#queue.add(this);
      return;
    }
    this.#socket.on("end", onEnd);
    if (this.#socket.readableEnded) this.hangUp();
    this.#socket.on("data", onData);
  }

  /** Stops reading behind the message that is being received; it comes again when reading is started again. */
  holdBack(message: Buffer): void {
    this.#isReading = false;
    this.#heldBack = message;
    this.#reader.pause();
  }

  send(frame: Outgoing): number {
    const socket = this.#socket;
    // TLS never takes anything at once.
    const canShare = socket.writableLength === 0 && socket instanceof Socket && !(socket instanceof TLSSocket);
    if (canShare) sendRoom ??= Buffer.allocUnsafeSlow(SEND_ROOM_BYTES);
    const bytes = textFrame(frame, canShare ? sendRoom : undefined);
    if (socket.writable) socket.write(bytes);
    // What the system did not take at once is still needed there.
    if (canShare && socket.writableLength > 0) sendRoom = undefined;
    return bytes.length;
  }

  ping(): void {
    if (this.#socket.writable) this.#socket.write(pingFrame());
  }

  close(code: number, reason: string, isFlood: boolean): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#socket.writable) this.#socket.write(closeFrame(code, reason));
    if (isFlood) this.#stopReading();
    setTimeout(destroySocket, isFlood ? FLOOD_TIMEOUT_MS : CLOSE_TIMEOUT_MS, this.#socket).unref();
  }

  terminate(): void {
    this.#stopReading();
    this.#socket.destroy();
  }

  /** What came from the socket. Much of it waits for its turn. */
  read(chunk: Buffer): void {
    const end = chunk.length > BYTES_WITHOUT_WAITING ? 0 : this.#readSome(chunk);
    if (end === chunk.length && !this.#heldBack) return;
    this.#socket.pause();
    this.#wait(chunk.subarray(end));
  }

  /** Reads some more of what came at once. */
  readOn(): void {
    const rest = this.#rest;
    if (!rest) return;
    this.#rest = undefined;
    const first = this.#heldBack;
    this.#heldBack = undefined;
    if (first) this.onMessage(first);
    const end = this.#readSome(rest.subarray(0, BYTES_AT_ONCE));
    if ((end < rest.length || this.#heldBack) && !this.#reader.isStopped) this.#wait(rest.subarray(end));
    else if (this.#socket.readableEnded) this.hangUp();
    else if (!this.#reader.isStopped) this.#socket.resume();
  }

  /** The client sends nothing more; what it has sent is read first. */
  hangUp(): void {
    if (!this.#rest) this.#socket.end();
  }

  /** The socket is no more. */
  lost(): void {
    this.#stopReading();
    this.listener.ended(this, this.#closeCode);
    this.listener.gone(this);
  }

  onMessage(payload: Buffer): void {
    this.silence = 0;
    if (!this.#isLate()) this.listener.received(this, payload);
  }

  onFragment(): void {
    if (!this.#isLate()) this.listener.strained(this);
  }

  onPing(payload: Buffer): void {
    this.silence = 0;
    if (this.#isLate()) return;
    this.#socket.write(pongFrame(payload));
    this.listener.strained(this);
  }

  onPong(): void {
    this.silence = 0;
    if (!this.#isLate()) this.listener.strained(this);
  }

  onCloseFrame(code: number): void {
    this.#closeCode = code;
    if (!this.#isClosing) {
      this.close(code, "", false);
      this.listener.ended(this, code);
    }
    // Both have said it: the server hangs up first (RFC 6455, 7.1.1).
    this.#socket.end();
  }

  onViolation(code: ViolationCode): void {
    if (this.#isClosing) return;
    if (code === 1009) return this.listener.oversized(this);
    this.close(code, code === 1002 ? "broken WebSocket frame" : "text is not UTF-8", true);
    this.listener.ended(this, CLOSED_ABNORMALLY);
  }

  #readSome(chunk: Buffer): number {
    return this.#reader.read(chunk, 0, FRAMES_AT_ONCE, this);
  }

  #wait(rest: Buffer): void {
    this.#rest = rest;
    if (this.#isReading) this.#queue.add(this);
  }

  /** Whether it has been closed already; who then goes on for long is read no more. */
  #isLate(): boolean {
    if (this.#isClosing && ++this.#framesAfterClose > FRAMES_AFTER_CLOSE) this.#stopReading();
    return this.#isClosing;
  }

  #stopReading(): void {
    this.#reader.stop();
    this.#rest = undefined;
    this.#heldBack = undefined;
    this.#socket.pause();
  }
}

function onData(this: OwnedSocket, chunk: Buffer): void {
  this[OWNER]?.read(chunk);
}

// Node keeps a server's socket open in the other direction; a WebSocket has no use for that.
function onEnd(this: OwnedSocket): void {
  this[OWNER]?.hangUp();
}

function onClose(this: OwnedSocket): void {
  const owner = this[OWNER];
  delete this[OWNER];
  owner?.lost();
}

function destroy(this: OwnedSocket): void {
  this.destroy();
}

function destroySocket(socket: Duplex): void {
  socket.destroy();
}
