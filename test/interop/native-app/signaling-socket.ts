import { WebSocket } from "ws";
import { parseObject, toText } from "./json.ts";
import type { JsonObject } from "./json.ts";

/** After this much silence of the server a native app pings, in milliseconds. */
const SILENCE_MS = 10_000;
const PING_PAYLOAD = Buffer.alloc(4);

/** What a socket tells. Its end is told to nobody: native apps do not notice (F5, F7). */
export interface SocketListener {
  /** Never HEARTBEAT, which is echoed here. */
  received(frame: JsonObject): void;
  /** There never was a connection. */
  failed(): void;
  /** Every frame as it is on the wire. */
  traced(dir: "sent" | "received", text: string): void;
}

/** A native app's side of signaling. It never sends HEARTBEAT by itself (F6). */
export class SignalingSocket {
  readonly #socket: WebSocket;
  readonly #listener: SocketListener;
  #silence: NodeJS.Timeout | undefined;

  /** @param introduction the frame that a LAN server waits for */
  constructor(url: string, listener: SocketListener, introduction?: JsonObject) {
    this.#listener = listener;
    this.#socket = new WebSocket(url, { perMessageDeflate: false, rejectUnauthorized: false });
    let wasOpen = false;
    this.#socket.on("open", () => {
      wasOpen = true;
      this.#heardSomething();
      if (introduction) this.send(introduction);
    });
    this.#socket.on("error", () => {
      if (!wasOpen) listener.failed();
    });
    this.#socket.on("message", (data) => this.#hear(String(data)));
    this.#socket.on("pong", () => this.#heardSomething());
    this.#socket.on("ping", () => this.#heardSomething());
    this.#socket.on("close", () => clearTimeout(this.#silence));
  }

  send(frame: JsonObject): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const text = toText(frame);
    this.#listener.traced("sent", text);
    this.#socket.send(text);
  }

  /** Without a status code, as they do. */
  close(): void {
    clearTimeout(this.#silence);
    this.#socket.close();
  }

  #hear(text: string): void {
    this.#heardSomething();
    this.#listener.traced("received", text);
    const frame = parseObject(text);
    if (!frame) return;
    if (frame["type"] === "HEARTBEAT") this.send({ type: "HEARTBEAT" });
    else this.#listener.received(frame);
  }

  #heardSomething(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      this.#socket.ping(PING_PAYLOAD);
      this.#heardSomething();
    }, SILENCE_MS);
  }
}
