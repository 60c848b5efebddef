import type { Platform, PlatformPeerConnection, PlatformSocket } from "./platform.ts";

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
    loadHttp: () => import("./browser-http.ts"),
    // Ours is W3C's interface cut down; its event parameters are narrower, which TypeScript cannot see as the same.
    createPeerConnection: (config) => new RTCPeerConnection(config) as unknown as PlatformPeerConnection,
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
