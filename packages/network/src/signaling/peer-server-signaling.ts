import { encodeSignal, parseServerSignal, peerServerUrl } from "@clayground/protocol";
import type { ClientSignal, ServerSignal } from "@clayground/protocol";
import { NetworkError } from "../errors.ts";
import type { NetworkErrorCode } from "../errors.ts";
import type { Platform, PlatformHttp, PlatformSocket, TimerHandle } from "../platform/platform.ts";
import { backoff } from "../util/backoff.ts";
import { toHex } from "../util/hex.ts";
import type { Signaling, SignalingHandlers, SignalingOptions } from "./signaling.ts";

/** PeerServer drops a client that is silent for 60 s; the PeerJS client beats this often, in milliseconds. */
const HEARTBEAT_EVERY = 5000;

/** A reconnect that is not open by then is tried anew, in milliseconds. */
const REOPEN_LIMIT = 10_000;

/**
 * PeerServer greets a client that comes back before its loss was noticed with silence instead of OPEN:
 * a socket that stands and was not refused by then is ours, in milliseconds.
 */
const SILENT_WELCOME = 1000;

/** Closing code of a server whose client came again under the same id and token (SPEC.md, S-rules). */
const REPLACED = 4000;

/** Messages kept while the connection is down. */
const MAX_KEPT = 64;

/** The PeerServer protocol over a WebSocket (SPEC.md, S1 ff.): one id, kept across reconnects. */
export class PeerServerSignaling implements Signaling {
  readonly #platform: Platform;
  readonly #options: SignalingOptions;
  readonly #handlers: SignalingHandlers;
  /** Proves to the server that a reconnect is ours. */
  readonly #token: string;
  /** There once no WebSocket got through. */
  #overHttp: PlatformHttp["createHttpSocket"];
  #socket: PlatformSocket | undefined;
  #isOpen = false;
  #wasOpen = false;
  #isClosed = false;
  #attempt = 0;
  #kept: ClientSignal[] = [];
  #heartbeat: TimerHandle;
  #retry: TimerHandle;

  constructor(platform: Platform, options: SignalingOptions, handlers: SignalingHandlers) {
    this.#platform = platform;
    this.#options = options;
    this.#handlers = handlers;
    this.#token = toHex(platform.randomBytes(8));
    this.#connect();
  }

  send(signal: ClientSignal): void {
    if (this.#isOpen) this.#write(signal);
    else if (!this.#isClosed && this.#kept.length < MAX_KEPT) this.#kept.push(signal);
  }

  close(): void {
    this.#isClosed = true;
    this.#disconnect();
    this.#platform.clearTimeout(this.#retry);
  }

  #connect(): void {
    const { url, id } = this.#options;
    const target = peerServerUrl(url, { id, token: this.#token });
    let socket: PlatformSocket;
    try {
      socket = (this.#overHttp ?? this.#platform.createWebSocket).call(this.#platform, target ?? "");
    } catch (error) {
      // Later, so that no handler is called before the owner has this object.
      queueMicrotask(() => this.#fail(this.#error("signaling-blocked", "", error)));
      return;
    }
    this.#socket = socket;
    let isConnected = false;
    let failure: unknown;
    socket.onopen = () => {
      isConnected = true;
      if (this.#wasOpen) this.#later(SILENT_WELCOME, () => this.#opened());
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onerror = (event) => (failure = event);
    socket.onclose = ({ code }) => this.#closed(code, isConnected, failure);
    if (this.#wasOpen) this.#later(REOPEN_LIMIT, () => this.#lose());
  }

  #disconnect(): void {
    const socket = this.#socket;
    this.#isOpen = false;
    this.#socket = undefined;
    this.#platform.clearTimeout(this.#heartbeat);
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // ws reports an error for a socket that is closed while it connects, and throws where nobody listens.
    socket.onerror = () => {};
    socket.close();
  }

  #receive(data: unknown): void {
    const signal = parseServerSignal(data);
    // PeerServer that greets a return with silence sends at once what came meanwhile.
    if (this.#wasOpen && !this.#isOpen && signal && "src" in signal) this.#opened();
    if (this.#isOpen) {
      // One broken message of a peer must not cost the connection to all others.
      if (signal) this.#handlers.signal(signal);
    } else if (signal) this.#greeted(signal);
    else this.#fail(this.#error("signaling-invalid"));
  }

  /** The server's first words decide whether the id is ours. */
  #greeted(signal: ServerSignal): void {
    if (signal.type === "OPEN") return this.#opened();
    if (signal.type === "HEARTBEAT") return;
    if (signal.type === "ID-TAKEN" && !this.#wasOpen) {
      this.close();
      return this.#handlers.taken();
    }
    this.#fail(this.#error("signaling-refused", signal.type === "ERROR" ? signal.message : signal.type));
  }

  #opened(): void {
    this.#isOpen = true;
    this.#attempt = 0;
    this.#platform.clearTimeout(this.#retry);
    this.#beat();
    for (const signal of this.#kept.splice(0)) this.#write(signal);
    if (this.#wasOpen) return;
    this.#wasOpen = true;
    this.#handlers.open?.();
  }

  #beat(): void {
    this.#heartbeat = this.#platform.setTimeout(() => {
      this.#write({ type: "HEARTBEAT" });
      this.#beat();
    }, HEARTBEAT_EVERY);
  }

  #write(signal: ClientSignal): void {
    try {
      this.#socket?.send(encodeSignal(signal));
    } catch {
      // It is closing: the close event follows and brings the reconnect.
    }
  }

  #closed(code: number, isConnected: boolean, failure: unknown): void {
    if (this.#wasOpen) {
      this.#lose();
      // Our place went to a newer socket of ours: coming back would take it away again, for ever.
      if (code === REPLACED) this.close();
      return;
    }
    this.#disconnect();
    if (isConnected) this.#fail(this.#error("signaling-refused"));
    else void this.#explain(failure);
  }

  /** Finds out why no socket opened. Where HTTP gets through and no WebSocket does, signaling goes over HTTP. */
  async #explain(failure: unknown): Promise<void> {
    // A page that cannot load a part of itself is offline.
    const http = await this.#platform.loadHttp().catch(() => undefined);
    const cause = (await http?.explainSocketFailure(this.#options.url, failure)) ?? "unreachable";
    if (this.#isClosed) return;
    if (cause === "refused" && !this.#overHttp && (this.#overHttp = http?.createHttpSocket)) return this.#connect();
    this.#fail(this.#error(`signaling-${cause}`, "", failure));
  }

  /** The connection is gone: try again for as long as the network lives. */
  #lose(): void {
    const wasOpen = this.#isOpen;
    this.#disconnect();
    const random = this.#platform.randomBytes(1)[0]! / 255;
    this.#later(backoff(this.#attempt++, random), () => this.#connect());
    if (wasOpen) this.#handlers.lost?.(this.#error("signaling-lost"));
  }

  /** The next step of a reconnect; there is only one at a time. */
  #later(ms: number, step: () => void): void {
    this.#platform.clearTimeout(this.#retry);
    this.#retry = this.#platform.setTimeout(step, ms);
  }

  #error(code: NetworkErrorCode, reason = "", cause?: unknown): NetworkError {
    const { url } = this.#options;
    return new NetworkError(code, `${url} ${reason}`.trim(), { url, reason }, cause);
  }

  #fail(error: NetworkError): void {
    if (this.#isClosed) return;
    if (this.#wasOpen) return this.#lose();
    this.close();
    this.#handlers.failed(error);
  }
}
