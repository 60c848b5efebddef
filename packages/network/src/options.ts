import { peerServerUrl } from "@clayground/protocol";
import type { SignalingMode, Topology } from "./constants.ts";
import { NetworkError } from "./errors.ts";
import type { IceServer } from "./platform/platform.ts";

/** STUN and TURN servers, as URLs or as W3C's `RTCIceServer`. */
export type IceServerList = readonly (string | IceServer)[];

/** What can be set on a `Network`, as an option or later as a property. */
export interface NetworkSettings {
  /**
   * Star: the host passes on what joiners send to each other. Mesh: all connect to each other, and what cannot be connected
   * goes through the host; a new joiner hears of each node what that says after its own `nodeJoined`. The host's value counts.
   * @default "star"
   */
  topology: Topology;
  /**
   * How a host is found. Cloud: by a PeerServer-compatible server. Local: by a server in its own program, whose address is
   * the code; the host runs in Node (`@clayground/network-node`), joiners anywhere in the same local network. Who joins
   * needs not set it: the code tells. @default "cloud"
   */
  signalingMode: SignalingMode;
  /** Nodes in the network at the most, the host included, 2 to 8; the host's value counts. @default 8 */
  maxNodes: number;
  /**
   * Whether the host passes on what joiners send; off, its application decides. In a mesh that is what existing apps send and get; all
   * others talk past the host's application either way.
   * @default true
   */
  autoRelay: boolean;
  /**
   * STUN and TURN servers, as URLs or as W3C's `RTCIceServer`. `"auto"`: what the signaling server hands out, with
   * credentials for a short time (`@clayground/signaling-server` with `turn`). A function: what it gives; it is asked
   * when `host()` or `join()` begins, and every 5 minutes while the network lives. Where both fail, `errorOccurred` tells
   * it, and the default is used. In LAN mode only a list that was set counts: nobody there needs a server to be found.
   * @default Google's public STUN servers
   */
  iceServers: IceServerList | "auto" | (() => IceServerList | Promise<IceServerList>);
  /** The longest message that this node sends, or takes from others, in bytes. @default 67108864 (64 MiB) */
  maxMessageSize: number;
  /**
   * What may wait for one node, in bytes; a further message is refused with `queue-full`. Where nothing waits, a message of
   * any size is taken. @default 67108864 (64 MiB)
   */
  maxQueue: number;
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
export const PUBLIC_SIGNALING = "wss://0.peerjs.com/peerjs";

/** Used in cloud mode as long as the application names none. */
export const DEFAULT_ICE_SERVERS: IceServerList = Object.freeze([
  "stun:stun.l.google.com:19302",
  "stun:stun1.l.google.com:19302",
]);

/** A timer takes no more (2^31 - 1 ms). */
const MAX_TIMEOUT = 2_147_483_647;

export function defaultSettings(): NetworkSettings {
  return {
    topology: "star",
    signalingMode: "cloud",
    maxNodes: 8,
    autoRelay: true,
    iceServers: DEFAULT_ICE_SERVERS,
    maxMessageSize: 64 * 1024 * 1024,
    maxQueue: 64 * 1024 * 1024,
    verbose: false,
    connectionTimeout: 15_000,
    signalingUrl: "",
  };
}

/** What may change while in a network; everything else is fixed from `host()` or `join()` on. */
export const CHANGEABLE: readonly string[] = [
  "maxNodes",
  "autoRelay",
  "maxMessageSize",
  "maxQueue",
  "verbose",
  "connectionTimeout",
];

/** 1 GiB: no runtime has room for more in one piece. */
const MAX_SIZE = 1024 * 1024 * 1024;
const SIZE_WORDS = "1 byte to 1 GiB";

/** What each setting takes: whether a value is right, and the words for what would be. */
const CHECKS: { readonly [K in keyof NetworkSettings]: readonly [(value: unknown) => boolean, string] } = {
  topology: [(value) => value === "star" || value === "mesh", '"star" or "mesh"'],
  signalingMode: [(value) => value === "cloud" || value === "local", '"cloud" or "local"'],
  maxNodes: [(value) => isInteger(value, 2, 8), "2 to 8"],
  autoRelay: [isBoolean, "boolean"],
  maxMessageSize: [isSize, SIZE_WORDS],
  maxQueue: [isSize, SIZE_WORDS],
  verbose: [isBoolean, "boolean"],
  connectionTimeout: [(value) => isInteger(value, 0, MAX_TIMEOUT), "milliseconds"],
  iceServers: [
    (value) => value === "auto" || typeof value === "function" || (Array.isArray(value) && value.every(isIceServer)),
    "STUN or TURN servers",
  ],
  signalingUrl: [
    (value) =>
      value === "" || (typeof value === "string" && peerServerUrl(value, { id: "A", token: "B" }) !== undefined),
    "a URL like wss://host/path",
  ],
};

/** Throws `invalid-option` when a setting cannot have this value. */
export function checkSetting(name: keyof NetworkSettings, value: unknown): void {
  const [isRight, words] = CHECKS[name];
  if (!isRight(value)) throw new NetworkError("invalid-option", `${name} must be ${words}`, { name });
}

/** The names of all settings. */
export const SETTINGS: readonly (keyof NetworkSettings)[] = Object.keys(CHECKS) as (keyof NetworkSettings)[];

/** Whether a name is one of a setting. */
export function isSetting(name: string): name is keyof NetworkSettings {
  return (SETTINGS as readonly string[]).includes(name);
}

/** The list as W3C wants it. */
export function toIceServers(servers: IceServerList): IceServer[] {
  return servers.map((server) => (typeof server === "string" ? { urls: server } : server));
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function isSize(value: unknown): boolean {
  return isInteger(value, 1, MAX_SIZE);
}

function isInteger(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isIceServer(value: unknown): boolean {
  const list: unknown[] = typeof value === "string" ? [value] : [Object(value).urls].flat();
  return list.length > 0 && list.every((url) => typeof url === "string" && /^(?:stun|turn)s?:\S+$/.test(url));
}
