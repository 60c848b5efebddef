import type { PlatformSocket } from "@clayground/network";
import { WebSocket } from "ws";
import { shield } from "./shield.ts";
import type { Report } from "./shield.ts";

/** Signaling messages have about 2 kB; a server that sends more than this is no signaling server. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Milliseconds until a server must have answered the upgrade. */
const HANDSHAKE_TIMEOUT = 10_000;

/** Milliseconds that a server has to answer a close; a hanging one must not keep the process alive. */
const CLOSE_TIMEOUT = 1000;

/** A WebSocket of `ws` as browsers have it. */
export class NodeSocket implements PlatformSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;

  readonly #socket: WebSocket;
  #deadline: NodeJS.Timeout | undefined;

  /** @throws SyntaxError when the URL is not one of `ws:` or `wss:` */
  constructor(url: string, report: Report) {
    if (!/^wss?:\/\/[^/]/i.test(url)) throw new SyntaxError("The URL of a WebSocket begins with ws:// or wss://.");
    // Compression costs memory and is of no use for short messages; redirects (off by default) could lead
    // anywhere.
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: HANDSHAKE_TIMEOUT,
    });
    this.#socket = socket;
    socket.onopen = shield(report, () => this.onopen?.());
    socket.onmessage = shield(report, ({ data }) => this.onmessage?.({ data }));
    socket.onerror = shield(report, ({ error }) => this.onerror?.({ error: error as unknown }));
    socket.onclose = shield(report, ({ code, reason }) => {
      clearTimeout(this.#deadline);
      this.onclose?.({ code, reason });
    });
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(): void {
    const socket = this.#socket;
    socket.close();
    if (socket.readyState === WebSocket.CLOSED) return;
    // Not a reason to stay alive by itself: the socket is one, as long as it is open.
    this.#deadline ??= setTimeout(() => socket.terminate(), CLOSE_TIMEOUT).unref();
  }
}
