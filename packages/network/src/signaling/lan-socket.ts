import type { Platform, PlatformSocket, TimerHandle } from "../platform/platform.ts";

/** The next address is tried beside the one that has not answered yet (RFC 8305, 8), after this many milliseconds. */
const NEXT_AFTER = 250;

/** A firewall that swallows packets answers never, a host in the same room in milliseconds. */
const GIVE_UP_AFTER = 5000;

/** What `onerror` gets when no address has answered anything. */
export const SWALLOWED: object = { type: "timeout" };

/**
 * A WebSocket to whichever of a LAN host's addresses answers first. It begins with the `{"id":…}` that the hosts of
 * existing Clayground apps wait for (SPEC.md, S58 ff.).
 */
export class LanSocket implements PlatformSocket {
  onopen: PlatformSocket["onopen"] = null;
  onmessage: PlatformSocket["onmessage"] = null;
  onclose: PlatformSocket["onclose"] = null;
  onerror: PlatformSocket["onerror"] = null;
  readonly #platform: Platform;
  readonly #urls: string[];
  /** Those that are being opened; once one is open, it alone. */
  readonly #sockets = new Set<PlatformSocket>();
  #open: PlatformSocket | undefined;
  #failure: unknown;
  #isOver = false;
  #next: TimerHandle;
  readonly #end: TimerHandle;

  /**
   * @param urls one for each address, the likeliest first
   * @throws when the first URL is forbidden to this page
   */
  constructor(platform: Platform, urls: readonly string[]) {
    this.#platform = platform;
    const [first = "", ...others] = urls;
    this.#urls = others;
    this.#try(first);
    this.#end = platform.setTimeout(() => this.#fail(SWALLOWED), GIVE_UP_AFTER);
  }

  send(text: string): void {
    this.#open?.send(text);
  }

  close(): void {
    if (this.#open) return this.#open.close();
    this.#stopTrying();
    if (!this.#isOver) this.#platform.setTimeout(() => this.#over(1006), 0);
  }

  /** The next address; without any, it has failed once none may answer any more. */
  #tryNext(): void {
    this.#platform.clearTimeout(this.#next);
    const url = this.#urls.shift();
    if (url === undefined) {
      if (this.#sockets.size === 0) this.#fail();
      return;
    }
    try {
      this.#try(url);
    } catch (error) {
      // Of a page on https, a browser lets some addresses be tried and forbids others.
      this.#failure = error;
      this.#tryNext();
    }
  }

  /** Throws when the URL is forbidden. */
  #try(url: string): void {
    const socket = this.#platform.createWebSocket(url);
    this.#sockets.add(socket);
    socket.onopen = () => this.#opened(socket, url);
    socket.onerror = (event) => (this.#failure = event);
    socket.onclose = () => {
      this.#sockets.delete(socket);
      this.#tryNext();
    };
    if (this.#urls.length > 0) this.#next = this.#platform.setTimeout(() => this.#tryNext(), NEXT_AFTER);
  }

  #opened(socket: PlatformSocket, url: string): void {
    this.#open = socket;
    this.#sockets.delete(socket);
    this.#stopTrying();
    socket.onmessage = (event) => this.onmessage?.(event);
    socket.onerror = (event) => this.onerror?.(event);
    socket.onclose = ({ code }) => this.#over(code);
    socket.send(JSON.stringify({ id: new URL(url).searchParams.get("id") }));
    this.onopen?.();
  }

  #fail(failure = this.#failure): void {
    if (this.#isOver || this.#open) return;
    this.#stopTrying();
    this.onerror?.(failure);
    this.#over(1006);
  }

  #stopTrying(): void {
    this.#urls.length = 0;
    this.#platform.clearTimeout(this.#next);
    this.#platform.clearTimeout(this.#end);
    for (const socket of this.#sockets) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      // ws reports an error for a socket that is closed while it connects, and throws where nobody listens.
      socket.onerror = () => {};
      socket.close();
    }
    this.#sockets.clear();
  }

  #over(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onclose?.({ code, reason: "" });
  }
}
