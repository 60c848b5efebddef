import { Agent } from "./agent/agent.mjs";
import { Bare } from "./contenders/bare.mjs";
import { claygrounds } from "./contenders/clayground.mjs";
import { PeerJs } from "./contenders/peerjs.mjs";
import { SimplePeer } from "./contenders/simple-peer.mjs";

// What runs in a page of the bench; `servers.mjs` serves it, `stage/browsers.mjs` talks to `bench`.
const library = "/clayground-network.js";
const { Network } = /** @type {typeof import("@clayground/network")} */ (await import(library));
const frame = /** @type {HTMLIFrameElement} */ (document.querySelector("iframe"));
if (frame.contentDocument?.readyState !== "complete") await new Promise((resolve) => (frame.onload = resolve));
const { Peer } = /** @type {{ Peer: typeof import("peerjs").Peer }} */ (/** @type {unknown} */ (frame.contentWindow));

const agent = new Agent(
  {
    bare: (url) => new Bare(url),
    peerjs: (url) => new PeerJs(Peer, url, true),
    "peerjs-unordered": (url) => new PeerJs(Peer, url, false),
    "simple-peer": (url) => new SimplePeer(url, true),
    "simple-peer-lossy": (url) => new SimplePeer(url, false),
    ...claygrounds(Network),
  },
  `ws://${location.host}/peerjs`,
);
Object.assign(globalThis, { bench: agent });
