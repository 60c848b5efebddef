import { connect } from "node:net";
import { clientFrame, CLOSE, FrameReader, PING, PONG, TEXT, upgradeRequest } from "./frames.mjs";

/** All sockets of a process read into the same memory, which is free again when a callback returns. */
const READ_INTO = Buffer.alloc(65_536);
const HEAD_END = Buffer.from("\r\n\r\n");

/** The cheapest client of a signaling server, so that a bench measures the server: a bare socket, frames made before. */
export class RawClient {
  /** After each text frame. @type {(data: Buffer, start: number, end: number) => void} */
  onText = () => {};
  /** The socket is gone. */
  onClose = () => {};
  #socket;
  #isUpgraded = false;
  #reader = new FrameReader((opcode, data, start, end) => this.#take(opcode, data, start, end));

  /**
   * @param {number} port
   * @param {string} id
   * @param {string} localAddress
   */
  constructor(port, id, localAddress) {
    this.#socket = connect({
      host: "127.0.0.1",
      port,
      localAddress,
      noDelay: true,
      onread: {
        buffer: READ_INTO,
        callback: (length, buffer) => {
          this.#read(/** @type {Buffer} */ (buffer).subarray(0, length));
          return true;
        },
      },
    });
    this.#socket.on("error", () => {}); // "close" follows
    this.#socket.on("close", () => this.onClose());
    this.#socket.write(upgradeRequest(id));
  }

  /**
   * @param {Buffer} frames
   * @returns {boolean} Whether there is room for more; else `onDrain` says when.
   */
  send(frames) {
    return this.#socket.write(frames);
  }

  /** @param {() => void} listener */
  onDrain(listener) {
    this.#socket.on("drain", listener);
  }

  close() {
    this.#socket.destroy();
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    if (this.#isUpgraded) return this.#reader.read(chunk);
    const end = chunk.indexOf(HEAD_END);
    if (end < 0 || !chunk.subarray(0, 12).equals(Buffer.from("HTTP/1.1 101"))) return this.close();
    this.#isUpgraded = true;
    this.#reader.read(chunk.subarray(end + HEAD_END.length));
  }

  /**
   * @param {number} opcode
   * @param {Buffer} data
   * @param {number} start
   * @param {number} end
   */
  #take(opcode, data, start, end) {
    if (opcode === TEXT) this.onText(data, start, end);
    else if (opcode === PING) this.send(clientFrame(PONG, data.subarray(start, end)));
    else if (opcode === CLOSE) this.close();
  }
}
