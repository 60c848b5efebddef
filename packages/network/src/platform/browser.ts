import type { Platform, PlatformPeerConnection, PlatformSocket } from "./platform.ts";

/** How long to look for the reason of a failed socket, in milliseconds. */
const PROBE_LIMIT = 3000;

/**
 * The platform of a page or worker. Globals are read when they are needed, never on import.
 *
 * @example
 * ```ts
 * const network = new Network({ platform: browserPlatform() }); // the same as new Network()
 * ```
 */
export function browserPlatform(): Platform {
  return {
    now: () => performance.now(),
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (timer) => clearTimeout(timer as number | undefined),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    createWebSocket: (url) => new WebSocket(url) as PlatformSocket,
    explainSocketFailure,
    createPeerConnection: (config) => {
      if (typeof RTCPeerConnection === "undefined") throw new Error("this runtime has no RTCPeerConnection");
      // Ours is W3C's interface cut down; its event parameters are narrower, which TypeScript cannot see as the same.
      return new RTCPeerConnection(config) as unknown as PlatformPeerConnection;
    },
    signalingUrl: () =>
      globalThis.document?.querySelector<HTMLMetaElement>('meta[name="clayground-signaling"]')?.content || undefined,
    onExit: (callback) => {
      // "pagehide" also comes on phones, where "beforeunload" and "unload" do not.
      globalThis.addEventListener?.("pagehide", callback);
      return () => globalThis.removeEventListener?.("pagehide", callback);
    },
    reportError: (error) => reportError(error),
  };
}

/**
 * A browser tells a page nothing about a WebSocket that failed. Two requests tell
 * something: if the same address answers HTTP, the server is there and refused the WebSocket; if a `wss:`
 * address answers only *plain* HTTP (nginx, Caddy and Apache send a 400), then TLS is what failed.
 */
async function explainSocketFailure(url: string): Promise<"refused" | "certificate" | "unreachable"> {
  const http = url.replace(/^ws/, "http");
  if (await answers(http)) return "refused";
  if (http.startsWith("https") && (await answers(http.replace("https", "http")))) return "certificate";
  return "unreachable";
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: "no-cors", signal: AbortSignal.timeout(PROBE_LIMIT) });
    return true;
  } catch {
    return false;
  }
}
