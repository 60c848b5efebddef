import { membershipFrame, pingFrame, pongFrame, asData, relayedFrame, rosterFrame } from "./channel-frames.ts";
import { parseObject, toText } from "./json.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Latency } from "./latency.ts";
import type { ChannelName, PeerLink } from "./peer-link.ts";
import { StateOrder } from "./state-order.ts";

/** What happens to an app, by the names of the original. */
export type Emit = (event: string, fields?: JsonObject) => void;

/** Somebody at the other end of a connection, from the first offer on; not in `nodes` before its channel is open. */
export interface Peer {
  readonly id: string;
  readonly link: PeerLink;
  readonly latency: Latency;
}

/** Both sides send one to each peer, in milliseconds. */
const PING_INTERVAL_MS = 2000;

/** Who is in the network, and what is said over the data channels: that of a host, or of a joiner. */
export class Room {
  readonly peers: Map<string, Peer> = new Map();
  /** Of a joiner, the host too. An id may be in it twice (B2). */
  readonly nodes: string[] = [];
  readonly #isHost: boolean;
  readonly #autoRelay: boolean;
  readonly #emit: Emit;
  readonly #order = new StateOrder();
  #pings: NodeJS.Timeout | undefined;

  constructor(isHost: boolean, autoRelay: boolean, emit: Emit) {
    this.#isHost = isHost;
    this.#autoRelay = autoRelay;
    this.#emit = emit;
  }

  startPings(): void {
    this.#pings = setInterval(() => this.sendToAll(pingFrame(Date.now()), "data"), PING_INTERVAL_MS);
  }

  /** A peer's data channel is open. A host tells the new one who is here, then the others. */
  entered(peer: Peer): void {
    const others = [...this.nodes];
    this.#add(peer.id);
    if (!this.#isHost) return;
    this.#send(peer, rosterFrame(others), "data");
    this.sendToAll(membershipFrame("node_joined", peer.id), "data", peer);
  }

  /** A joiner that loses its host forgets it, and nothing else (F4). */
  left(peer: Peer): void {
    if (this.peers.get(peer.id) === peer) this.peers.delete(peer.id);
    this.#remove(peer.id);
    if (this.#isHost) this.sendToAll(membershipFrame("node_left", peer.id), "data");
  }

  sendToAll(frame: JsonObject, channel: ChannelName, except?: Peer): void {
    for (const peer of this.peers.values()) if (peer !== except) this.#send(peer, frame, channel);
  }

  /** False when there is no connection to it: a joiner reaches nobody but the host (O2). */
  sendTo(id: string, frame: JsonObject): boolean {
    const peer = this.peers.get(id);
    if (peer) this.#send(peer, frame, "data");
    return peer !== undefined;
  }

  receive(peer: Peer, text: string, channel: ChannelName): void {
    this.#trace("received", peer, channel, text);
    const frame = parseObject(text);
    if (!frame) return;
    if (frame["t"] === "p") this.#send(peer, pongFrame(frame["ts"]), "data");
    else if (frame["t"] === "P") this.#pong(peer, frame["ts"]);
    else if (frame["t"] === "R") this.#emit("errorOccurred", { message: asText(frame["r"]) });
    else if (frame["t"] === "y") this.#systemFrame(frame);
    else if (this.#isNews(peer, frame) && this.#isHost && this.#autoRelay)
      this.sendToAll(relayedFrame(frame, peer.id), frame["t"] === "s" ? "state" : "data", peer);
  }

  close(): void {
    clearInterval(this.#pings);
    for (const { link } of this.peers.values()) link.close();
    this.peers.clear();
    this.nodes.length = 0;
  }

  /** Tells the app; false for a state that came too late. Also a joiner's `from` is believed here (S1). */
  #isNews(peer: Peer, frame: JsonObject): boolean {
    const from = asText(frame["from"]) || peer.id;
    if (frame["t"] === "s") {
      if (!this.#order.takes(frame, from)) return false;
      this.#emit("stateReceived", { from, data: asData(frame["d"]) });
    }
    if (frame["t"] === "m") this.#emit("messageReceived", { from, data: asData(frame["d"]) });
    return true;
  }

  #pong(peer: Peer, ts: Json | undefined): void {
    if (peer.latency.answered(ts, Date.now())) this.#emit("latencyChanged", { latency: peer.latency.value });
  }

  #systemFrame({ sys, nodes, nodeId }: JsonObject): void {
    if (this.#isHost) return;
    const ids = sys === "roster" && Array.isArray(nodes) ? nodes : [];
    for (const id of sys === "node_joined" ? [nodeId] : ids) {
      if (typeof id === "string" && !this.nodes.includes(id)) this.#add(id);
    }
    if (sys === "node_left" && typeof nodeId === "string") this.#remove(nodeId);
  }

  #add(id: string): void {
    this.nodes.push(id);
    this.#emit("playerJoined", { nodeId: id });
    this.#nodesChanged();
  }

  #remove(id: string): void {
    if (!this.nodes.includes(id)) return;
    this.nodes.splice(0, this.nodes.length, ...this.nodes.filter((node) => node !== id));
    this.#order.forget(id);
    this.#emit("playerLeft", { nodeId: id });
    this.#nodesChanged();
  }

  #nodesChanged(): void {
    this.#emit("nodesChanged", { count: this.nodes.length + 1, nodes: [...this.nodes] });
  }

  #send(peer: Peer, frame: JsonObject, wanted: ChannelName): void {
    const text = toText(frame);
    const channel = peer.link.send(text, wanted);
    if (channel) this.#trace("sent", peer, channel, text);
  }

  #trace(dir: "sent" | "received", { id }: Peer, layer: ChannelName, text: string): void {
    this.#emit("frame", { dir, layer, remote: id, text });
  }
}

function asText(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
