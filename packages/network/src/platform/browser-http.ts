import type { PlatformSocket, SocketFailure } from "./platform.ts";

/** How long to look for the reason of a failed socket, and how long a fetch may take, in milliseconds. */
const PROBE_LIMIT = 3000;
const FETCH_LIMIT = 8000;

/** The longest answer that is read, in UTF-16 units. */
const MAX_ANSWER = 65_536;

/** The most that one request carries, in UTF-16 units; a server takes 64 KiB (SPEC.md, S14). */
const MAX_BODY = 32_768;

/**
 * A browser tells a page nothing about a WebSocket that failed. Two requests tell
 * something: if the same address answers HTTP, the server is there and refused the WebSocket; if a `wss:`
 * address answers only *plain* HTTP (nginx, Caddy and Apache send a 400), then TLS is what failed.
 */
export async function explainSocketFailure(url: string): Promise<SocketFailure> {
  if (/^ws:/i.test(url) && (await isKeptFromPlainAddresses())) return "blocked";
  const http = url.replace(/^ws/, "http");
  if (await answers(http)) return "refused";
  if (http.startsWith("https") && (await answers(http.replace("https", "http")))) return "certificate";
  return "unreachable";
}

/** Names and addresses of a page that is in the local network itself, so may reach others there. */
const NEAR =
  /^(?:localhost|[^.:]+|.+\.(?:localhost|local|lan|home\.arpa|internal)|(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\..+|\[.*\])$/i;

/**
 * Browsers block a page on https from `ws:` (mixed content). Chromium (Local Network Access, seen in 156) blocks it from local
 * addresses alone, until the person allows it; a page from the internet on plain http it blocks always.
 */
async function isKeptFromPlainAddresses(): Promise<boolean> {
  const { location, isSecureContext } = globalThis;
  // The older name was for all addresses that are not of the internet, the loopback's own among them.
  const state = (await permissionFor("local-network")) ?? (await permissionFor("local-network-access"));
  if (isSecureContext) return location?.protocol === "https:" && state !== "granted";
  // Other browsers, which know no such permission, let it.
  return state === "denied" && !NEAR.test(location?.hostname ?? "");
}

/** `undefined` where the browser knows no such permission. */
async function permissionFor(name: string): Promise<PermissionState | undefined> {
  const { navigator } = globalThis;
  const status = await navigator?.permissions?.query({ name: name as PermissionName }).catch(() => undefined);
  return status?.state;
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: "no-cors", signal: AbortSignal.timeout(PROBE_LIMIT) });
    return true;
  } catch {
    return false;
  }
}

/** Gets a JSON document. Rejects when it is none, too long, or not there. */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(FETCH_LIMIT) });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    text += chunk.value;
    if (text.length > MAX_ANSWER) throw new Error("the answer is too long");
  }
  return JSON.parse(text);
}

/** Throws when the runtime has no EventSource. */
export function createHttpSocket(url: string): PlatformSocket {
  return new HttpSocket(url);
}

/**
 * A WebSocket's stand-in over plain HTTP (SPEC.md, S40 ff.): events come down one long answer, frames go up in
 * posts. For iPhones, which refuse `wss` to a self-signed certificate that was accepted for the page (WebKit bug 145819),
 * and for proxies that let no WebSocket through.
 */
class HttpSocket implements PlatformSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly #url: string;
  readonly #events: EventSource;
  #waiting: string[] = [];
  #state: "open" | "closing" | "closed" = "open";
  #isPosting = false;

  /** @param url the one of the WebSocket */
  constructor(url: string) {
    this.#url = url.replace(/^ws/, "http");
    this.#events = new EventSource(this.#url);
    this.#events.onopen = () => this.onopen?.();
    this.#events.onmessage = ({ data }) => this.onmessage?.({ data: data as unknown });
    this.#events.addEventListener("close", ({ data }) => this.#end(Number(/"code":(\d+)/.exec(String(data))?.[1])));
    // An EventSource would come back by itself; whoever holds a socket does that its own way.
    this.#events.onerror = () => {
      this.#events.close();
      // In a task of its own: of a page that is left, Chromium ends the events first, and only then lets it say good-bye.
      setTimeout(() => this.#break());
    };
  }

  send(text: string): void {
    if (this.#state !== "open") return;
    this.#waiting.push(text);
    void this.#post();
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    // Before the events end: alone, that would look like a connection that broke, and keep the id from others (S23).
    this.#waiting.push('{"type":"LEAVE"}');
    void this.#post();
  }

  /** One request at a time, so that frames arrive in order; what comes meanwhile goes with the next. */
  async #post(): Promise<void> {
    if (this.#isPosting) return;
    this.#isPosting = true;
    try {
      while (this.#waiting.length > 0) {
        // So that a page that is being left still sends it.
        const { ok } = await fetch(this.#url, { method: "POST", body: this.#nextBody(), keepalive: true });
        if (!ok) this.#break();
      }
    } catch {
      this.#break();
    }
    this.#isPosting = false;
    if (this.#state === "closing") this.#end(1005);
  }

  #nextBody(): string {
    let body = this.#waiting.shift() ?? "";
    while (this.#waiting.length > 0 && body.length + this.#waiting[0]!.length < MAX_BODY)
      body += `\n${this.#waiting.shift()}`;
    return body;
  }

  #break(): void {
    if (this.#state === "open") this.onerror?.({ type: "error" });
    this.#end(1006);
  }

  #end(code: number): void {
    this.#events.close();
    this.#waiting = [];
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.onclose?.({ code: code || 1006, reason: "" });
  }
}
