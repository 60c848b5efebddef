import { decodeLanCode } from "@clayground/protocol";
import type { LanEndpoint } from "@clayground/protocol";
import { NetworkError } from "./errors.ts";
import type { Platform, PlatformHttp } from "./platform/platform.ts";
import type { Preparation } from "./preparation.ts";
import type { LanPlace } from "./session/session.ts";
import { LanSocket, SWALLOWED } from "./signaling/lan-socket.ts";

/** A machine has a few addresses; an announcement of more wants something else. */
const MAX_CODES = 8;

/** What {@link findLanPlace} needs. */
export type LanSearch = Pick<Preparation, "platform" | "emitter" | "state"> & {
  /** The codes of one network, as a person typed them, with commas between; `true` for a host. */
  readonly lan: string | true;
};

/**
 * Opens a host's own signaling server, or finds the one that LAN codes name.
 *
 * @throws NetworkError (rejection) `invalid-code`, `not-supported`, `lan-unavailable`
 */
export async function findLanPlace({ lan, ...search }: LanSearch): Promise<LanPlace> {
  return lan === true ? openHost(search) : findHost(search.platform, lan);
}

async function openHost({ platform, emitter, state }: Omit<LanSearch, "lan">): Promise<LanPlace> {
  if (!platform.openLanServer) {
    const words = "hosting in LAN mode in a page (in Node, import Network from @clayground/network-node)";
    throw new NetworkError("not-supported", words, { name: "signalingMode" });
  }
  let isOver = false;
  let close = (): void => {};
  const forget = emitter.on("statusChanged", (status) => {
    if (status !== "disconnected" && status !== "error") return;
    isOver = true;
    forget();
    close();
  });
  const moved = (networkId: string): void => {
    if (isOver) return;
    state.set({ networkId });
    const error = new NetworkError("lan-moved", networkId, { networkId });
    emitter.emit("errorOccurred", error.message, error);
  };
  const server = await platform.openLanServer(moved).catch((cause: unknown) => {
    forget();
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new NetworkError("lan-unavailable", words.replace(/\.$/, ""), {}, cause);
  });
  close = () => server.close();
  if (isOver) close();
  const { networkId, signalingUrl, token } = server;
  const connect = (url: string): ReturnType<Platform["createWebSocket"]> => {
    const own = new URL(url);
    own.searchParams.set("token", token);
    return platform.createWebSocket(own.href);
  };
  return { platform: withSockets(platform, connect), signalingUrl, lanCode: networkId, explain: (error) => error };
}

/** Throws `invalid-code`. */
function findHost(platform: Platform, typed: string): LanPlace {
  const codes = typed.split(",").slice(0, MAX_CODES);
  const endpoints = codes.map((code) => {
    const endpoint = decodeLanCode(code);
    if (endpoint) return endpoint;
    throw new NetworkError("invalid-code", code.trim().slice(0, 64), {}, "it is no address of a local network");
  });
  const lanCode = codes[0]!
    .replace(/\s/g, "")
    .replace(/\p{Pd}/gu, "-")
    .toUpperCase();
  const hosts = endpoints.map(({ address, port }) => `${address}:${port}`);
  const connect = (url: string): LanSocket => new LanSocket(platform, urlsFor(url, endpoints));
  const meaningOf = (error: NetworkError): NetworkError => {
    const { reason } = error.details;
    const details = { ...error.details, networkId: lanCode };
    // The server is in the host's own program, and its word is the host's.
    if (error.code === "signaling-refused" && reason) return new NetworkError("refused", reason, details, error);
    const code = LAN_MEANING[error.code];
    return code ? new NetworkError(code, hosts.join(", "), details, error) : error;
  };
  return {
    platform: withSockets(platform, connect),
    signalingUrl: `ws://${hosts[0]}/peerjs`,
    lanCode,
    explain: meaningOf,
  };
}

const LAN_MEANING: { readonly [code: string]: "lan-unreachable" | "lan-blocked" } = {
  "signaling-unreachable": "lan-unreachable",
  // Another program has the port by now.
  "signaling-refused": "lan-unreachable",
  "signaling-invalid": "lan-unreachable",
  "signaling-blocked": "lan-blocked",
};

function urlsFor(url: string, endpoints: readonly LanEndpoint[]): string[] {
  return endpoints.map(({ address, port }) => {
    const target = new URL(url);
    target.host = `${address}:${port}`;
    return target.href;
  });
}

/** Where nothing has answered for seconds, nobody needs to ask again; only what is known at once counts. */
function explain(platform: Platform, http: PlatformHttp): PlatformHttp["explainSocketFailure"] {
  return (url, event) =>
    event !== SWALLOWED
      ? http.explainSocketFailure(url, event)
      : new Promise((resolve) => {
          platform.setTimeout(() => resolve("unreachable"), 50);
          void http.explainSocketFailure(url, event).then((cause) => cause === "blocked" && resolve(cause));
        });
}

/** The platform, but for its WebSockets. */
function withSockets(platform: Platform, createWebSocket: Platform["createWebSocket"]): Platform {
  return {
    now: () => platform.now(),
    setTimeout: (callback, ms) => platform.setTimeout(callback, ms),
    clearTimeout: (timer) => platform.clearTimeout(timer),
    randomBytes: (count) => platform.randomBytes(count),
    createWebSocket,
    loadHttp: () => platform.loadHttp().then((http) => ({ ...http, explainSocketFailure: explain(platform, http) })),
    createPeerConnection: (config) => platform.createPeerConnection(config),
    signalingUrl: () => platform.signalingUrl(),
    onExit: (callback) => platform.onExit(callback),
    reportError: (error) => platform.reportError(error),
  };
}
