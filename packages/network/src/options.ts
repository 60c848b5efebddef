import { peerServerUrl } from "@clayground/protocol";
import { SignalingMode, Topology } from "./constants.ts";
import { NetworkError } from "./errors.ts";
import type { IceServer } from "./platform/platform.ts";

/** What can be set on a `Network`, as an option or later as a property. */
export interface NetworkSettings {
  /** Star, where the host passes messages on. Mesh comes with a later version. @default "star" */
  topology: Topology;
  /** Cloud: a PeerServer-compatible server. Local comes with a later version. @default "cloud" */
  signalingMode: SignalingMode;
  /** Nodes in the network at the most, the host included, 2 to 8; the host's value counts. @default 8 */
  maxNodes: number;
  /** Whether the host passes on what joiners send; off, its application decides. @default true */
  autoRelay: boolean;
  /** STUN and TURN servers, as URLs or as W3C's `RTCIceServer`. @default Google's public STUN servers */
  iceServers: readonly (string | IceServer)[];
  /** Whether `diagnosticMessage` is fired. @default false */
  verbose: boolean;
  /** Milliseconds that `host()` and `join()` may take; 0 for no limit. @default 15000 */
  connectionTimeout: number;
  /**
   * A PeerServer-compatible server, `ws(s)://host:port/path`. Empty: in a page what
   * `<meta name="clayground-signaling">` names, else the public PeerJS server.
   * @default ""
   */
  signalingUrl: string;
}

/** The public server of PeerJS, which Clayground's apps use too. */
const PUBLIC_SIGNALING = "wss://0.peerjs.com/peerjs";

/** Each server costs a look-up at every connection; browsers warn from five on. */
const MAX_ICE_SERVERS = 16;

/** A timer takes no more (2^31 - 1 ms). */
const MAX_TIMEOUT = 2_147_483_647;

export function defaultSettings(): NetworkSettings {
  return {
    topology: Topology.Star,
    signalingMode: SignalingMode.Cloud,
    maxNodes: 8,
    autoRelay: true,
    iceServers: ["stun:stun.l.google.com:19302", "stun:stun1.l.google.com:19302"],
    verbose: false,
    connectionTimeout: 15_000,
    signalingUrl: "",
  };
}

/** What may change while in a network; everything else is fixed from `host()` or `join()` on. */
export const CHANGEABLE: ReadonlySet<string> = /* @__PURE__ */ new Set(["maxNodes", "autoRelay", "verbose", "connectionTimeout"]);

const CHECKS: { readonly [K in keyof NetworkSettings]: (value: unknown) => string | undefined } = {
  topology: (value) => (value === "mesh" ? LATER : expected(value === "star", '"star"')),
  signalingMode: (value) => (value === "local" ? LATER : expected(value === "cloud", '"cloud"')),
  maxNodes: (value) => expected(isInteger(value, 2, 8), "a whole number from 2 to 8"),
  autoRelay: (value) => expected(typeof value === "boolean", "true or false"),
  verbose: (value) => expected(typeof value === "boolean", "true or false"),
  connectionTimeout: (value) => expected(isInteger(value, 0, MAX_TIMEOUT), "whole milliseconds from 0 on"),
  iceServers: (value) =>
    expected(
      Array.isArray(value) && value.length <= MAX_ICE_SERVERS && value.every(isIceServer),
      `at most ${MAX_ICE_SERVERS} of "stun:host:port" or { urls, username, credential }`,
    ),
  signalingUrl: (value) =>
    expected(
      value === "" || (typeof value === "string" && peerServerUrl(value, { id: "A", token: "B" }) !== undefined),
      '"" or a URL like wss://example.com/peerjs',
    ),
};

const LATER = "comes with a later version";

/** Throws `invalid-option` or `not-supported` when a setting cannot have this value. */
export function checkSetting(name: keyof NetworkSettings, value: unknown): void {
  const problem = CHECKS[name](value);
  if (problem === LATER) throw new NetworkError("not-supported", `${name} "${value}" ${LATER}`, { name });
  if (problem) throw new NetworkError("invalid-option", `${name} must be ${problem}`, { name });
}

/** Whether a name is one of a setting. */
export function isSetting(name: string): name is keyof NetworkSettings {
  return Object.hasOwn(CHECKS, name);
}

/** The list as W3C wants it. */
export function toIceServers(servers: NetworkSettings["iceServers"]): IceServer[] {
  return servers.map((server) => (typeof server === "string" ? { urls: server } : server));
}

/** The server to use: the one that is set, the one that the surroundings name, or the public one. */
export function chooseSignalingUrl(set: string, surroundings: string | undefined): string {
  return set || surroundings || PUBLIC_SIGNALING;
}

function expected(isRight: boolean, what: string): string | undefined {
  return isRight ? undefined : what;
}

function isInteger(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isIceServer(value: unknown): boolean {
  if (typeof value === "string") return /^(?:stun|turn)s?:\S+$/.test(value);
  if (typeof value !== "object" || value === null || !("urls" in value)) return false;
  const urls = Array.isArray(value.urls) ? value.urls : [value.urls];
  return urls.length > 0 && urls.every((url) => typeof url === "string" && isIceServer(url));
}
