import { Agent } from "./agent/agent.mjs";
import { Bare } from "./contenders/bare.mjs";
import { claygrounds } from "./contenders/clayground.mjs";
import { PeerJs } from "./contenders/peerjs.mjs";
import { SimplePeer } from "./contenders/simple-peer.mjs";
import { TrysteroRoom } from "./contenders/trystero.mjs";

// What runs in a page of the bench; `servers.mjs` serves it, `stage/browsers.mjs` talks to `bench`.
const library = "/clayground-network.js";
const { Network } = /** @type {typeof import("@clayground/network")} */ (await import(library));
const frame = /** @type {HTMLIFrameElement} */ (document.querySelector("iframe"));
if (frame.contentDocument?.readyState !== "complete") await new Promise((resolve) => (frame.onload = resolve));
const { Peer, Object: Own } = /** @type {{ Peer: typeof import("peerjs").Peer, Object: ObjectConstructor }} */ (
  /** @type {unknown} */ (frame.contentWindow)
);

const trysteroFile = "/trystero.js";
const trystero = /** @type {typeof import("trystero")} */ (await import(trysteroFile));
const nostrPort = await (await fetch("/nostr-port")).text();
const KIB = 1024;

const agent = new Agent(
  {
    bare: (url) => new Bare(url),
    "bare 16 KiB": (url) => new Bare(url, 16 * KIB),
    "bare 64 KiB": (url) => new Bare(url, 64 * KIB),
    "bare 256 KiB": (url) => new Bare(url, 256 * KIB),
    peerjs: (url) => new PeerJs(Peer, url),
    "peerjs-binary": (url) => new PeerJs(Peer, url, { serialization: "binary", Object: Own }),
    "peerjs-unordered": (url) => new PeerJs(Peer, url, { isReliable: false }),
    "simple-peer": (url) => new SimplePeer(url, true),
    "simple-peer-lossy": (url) => new SimplePeer(url, false),
    trystero: () => new TrysteroRoom(trystero, `ws://127.0.0.1:${nostrPort}`),
    ...claygrounds(Network),
  },
  `ws://${location.host}/peerjs`,
);
Object.assign(globalThis, { bench: agent });
