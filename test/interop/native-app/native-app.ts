import { randomBytes, randomInt } from "node:crypto";
import { messageFrame, stateFrame } from "./channel-frames.ts";
import { isObject } from "./json.ts";
import type { Json, JsonObject } from "./json.ts";
import { decodeLanCode, encodeLanCode, isLanCode, lanAddress } from "./lan-code.ts";
import { LanServer } from "./lan-server.ts";
import { Latency } from "./latency.ts";
import { PeerLink } from "./peer-link.ts";
import { Room } from "./room.ts";
import type { Emit, Peer } from "./room.ts";
import { answerFrame, candidateFrame, introductionFrame, offerFrame, rejectFrame } from "./signaling-frames.ts";
import type { Route } from "./signaling-frames.ts";
import { SignalingSocket } from "./signaling-socket.ts";

/** The properties of the original that a test may set. */
export interface AppOptions {
  /** With the host. Default 8. */
  maxNodes?: number;
  /** Default true. */
  autoRelay?: boolean;
  /** A PeerServer, `/peerjs` included; where it is set, it wins over `local` (F9). */
  signalingUrl?: string;
  /** `signalingMode: Local`. */
  local?: boolean;
  /** In milliseconds. Default 15000. */
  connectionTimeout?: number;
}

type Status = "Disconnected" | "Connecting" | "Connected" | "Error";

const CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LAN_HOST = "HOST";
/** How long the socket is open after the channels have closed, as recorded (5 to 20 ms). */
const SIGNALING_OUTLIVES_MS = 5;

/** An existing native app: what it does, and what it gets wrong. See README.md. */
export class NativeApp {
  readonly #emit: Emit;
  #options: AppOptions = {};
  #room = new Room(false, true, () => undefined);
  #socket: SignalingSocket | undefined;
  #server: LanServer | undefined;
  #timeout: NodeJS.Timeout | undefined;
  #isHost = false;
  #isCloud = false;
  #nodeId = "";
  #hostId = "";
  #roomId = "";
  #connected = false;
  #status: Status = "Disconnected";
  #phase = "";
  /** Of the last state: one number for all receivers. */
  #q = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  async host(options: AppOptions): Promise<void> {
    const { signalingUrl = "", local = false } = options;
    if (local && signalingUrl === "") {
      this.#server = await LanServer.start();
      const { port } = this.#server;
      this.#begin(options, { isHost: true, isCloud: false, me: LAN_HOST, host: LAN_HOST });
      this.#roomId = encodeLanCode(lanAddress(), port);
      return this.#dial(`ws://127.0.0.1:${port}/peerjs?id=${LAN_HOST}`);
    }
    const code = Array.from({ length: 6 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join("");
    this.#begin(options, { isHost: true, isCloud: true, me: code, host: code });
    this.#roomId = code;
    this.#dial(cloudUrl(signalingUrl, code));
  }

  join(code: string, options: AppOptions): void {
    const { signalingUrl = "", local = false } = options;
    const isCloud = signalingUrl !== "" || !(local || isLanCode(code));
    const me = randomBytes(8).toString("hex");
    const host = local || !isCloud ? LAN_HOST : code;
    this.#begin(options, { isHost: false, isCloud, me, host });
    // As typed.
    this.#roomId = code;
    if (isCloud) return this.#dial(cloudUrl(signalingUrl, me));
    const { address, port } = decodeLanCode(code);
    this.#dial(`ws://${address}:${port}/peerjs?id=${me}`);
  }

  leave(): void {
    clearTimeout(this.#timeout);
    this.#room.close();
    this.#closeSignaling(this.#socket, this.#server);
    this.#socket = this.#server = undefined;
    this.#nodeId = this.#roomId = this.#phase = "";
    this.#connected = this.#isHost = false;
    this.#tellConnected();
    this.#setStatus("Disconnected");
    this.#emit("nodesChanged", { count: 1, nodes: [] });
    this.#emit("connectionPhaseChanged", { phase: "" });
    this.#emit("latencyChanged", { latency: -1 });
  }

  broadcast(data: Json): void {
    this.#room.sendToAll(messageFrame(data), "data");
  }

  broadcastState(data: Json): void {
    this.#room.sendToAll(stateFrame(data, (this.#q += 1)), "state");
  }

  sendTo(id: string, data: Json): void {
    if (!this.#room.sendTo(id, messageFrame(data))) this.#emit("errorOccurred", { message: "Unknown peer" });
  }

  #begin(options: AppOptions, as: { isHost: boolean; isCloud: boolean; me: string; host: string }): void {
    this.#options = options;
    this.#isHost = as.isHost;
    this.#isCloud = as.isCloud;
    this.#nodeId = as.me;
    this.#hostId = as.host;
    this.#q = 0;
    this.#room = new Room(as.isHost, options.autoRelay ?? true, this.#emit);
    this.#setStatus("Connecting");
    this.#setPhase("signaling");
    this.#timeout = setTimeout(() => this.#timedOut(), options.connectionTimeout ?? 15_000);
  }

  #dial(url: string): void {
    const listener = {
      received: (frame: JsonObject) => this.#signaled(frame),
      failed: () => this.#failed("TCP connection failed"),
      traced: (dir: string, text: string) => this.#emit("frame", { dir, layer: "signaling", text }),
    };
    this.#socket = new SignalingSocket(url, listener, this.#isCloud ? undefined : introductionFrame(this.#nodeId));
  }

  /** EXPIRE, LEAVE and ID-TAKEN mean nothing to it; who is meant it knows by `src` alone. */
  #signaled({ type, src, payload }: JsonObject): void {
    const from = typeof src === "string" ? src : "";
    const content = isObject(payload) ? payload : {};
    if (type === "OPEN") this.#serverOpened();
    if (type === "OFFER" && this.#isHost) this.#offered(from, content);
    if (type === "ANSWER" && !this.#isHost) this.#room.peers.get(from)?.link.takeDescription(sdpOf(content), "answer");
    if (type === "CANDIDATE") this.#candidateCame(from, content["candidate"]);
    if (type === "REJECT") this.#failed(textOf(content["reason"]));
    if (type === "ERROR") this.#failed(textOf(content["msg"]));
  }

  #serverOpened(): void {
    if (this.#isHost) {
      this.#emit("networkCreated", { networkId: this.#roomId });
      return this.#nowConnected();
    }
    if (this.#room.peers.size > 0) return;
    this.#setPhase("ice");
    this.#addPeer(this.#hostId, (sdp, route) => offerFrame(route, sdp)).link.makeChannels();
  }

  /** Only joiners whose channel is open count, so that more than `maxNodes` may get in (F2). */
  #offered(from: string, payload: JsonObject): void {
    const connectionId = textOf(payload["connectionId"]);
    if (this.#room.nodes.length + 1 >= (this.#options.maxNodes ?? 8))
      return this.#socket?.send(rejectFrame(this.#routeTo(from), connectionId));
    // A second offer takes the place of the first connection (B2).
    this.#room.peers.get(from)?.link.close();
    const peer = this.#addPeer(from, (sdp, route) => answerFrame(route, connectionId, sdp));
    peer.link.takeDescription(sdpOf(payload), "offer");
  }

  /** At a host, one that comes before the offer is lost. */
  #candidateCame(from: string, candidate: Json | undefined): void {
    if (!isObject(candidate)) return;
    const { candidate: line, sdpMid } = candidate;
    this.#room.peers.get(from)?.link.takeCandidate(textOf(line), textOf(sdpMid) || "0");
  }

  #addPeer(id: string, describe: (sdp: string, route: Route) => JsonObject): Peer {
    const route = this.#routeTo(id);
    const room = this.#room;
    const link = new PeerLink(id, {
      described: (sdp) => this.#socket?.send(describe(sdp, route)),
      foundCandidate: (candidate, mid) => this.#socket?.send(candidateFrame(route, candidate, mid)),
      channelCame: (label, stream) => this.#emit("channelCame", { nodeId: id, label, stream }),
      opened: () => {
        room.entered(peer);
        if (!this.#isHost) this.#nowConnected();
      },
      received: (text, channel) => room.receive(peer, text, channel),
      closed: () => room.left(peer),
    });
    const peer: Peer = { id, link, latency: new Latency() };
    room.peers.set(id, peer);
    return peer;
  }

  #routeTo(dst: string): Route {
    return { me: this.#nodeId, dst, isCloud: this.#isCloud };
  }

  #nowConnected(): void {
    clearTimeout(this.#timeout);
    this.#connected = true;
    this.#tellConnected();
    this.#setStatus("Connected");
    this.#room.startPings();
  }

  #closeSignaling(socket: SignalingSocket | undefined, server: LanServer | undefined): void {
    setTimeout(() => {
      socket?.close();
      server?.close();
    }, SIGNALING_OUTLIVES_MS);
  }

  /** An error ends the waiting, and nothing else: it does not leave (F1, F7). */
  #failed(message: string): void {
    clearTimeout(this.#timeout);
    this.#setStatus("Error");
    this.#emit("errorOccurred", { message });
  }

  #timedOut(): void {
    this.#emit("connectionTimedOut");
    this.#emit("errorOccurred", { message: `Connection timed out (${this.#phase} phase)` });
    this.leave();
  }

  #tellConnected(): void {
    this.#emit("connectedChanged", {
      connected: this.#connected,
      isHost: this.#isHost,
      nodeId: this.#nodeId,
      nodes: [...this.#room.nodes],
      roomId: this.#roomId,
    });
  }

  #setStatus(status: Status): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#emit("statusChanged", { status });
  }

  #setPhase(phase: string): void {
    this.#phase = phase;
    this.#emit("connectionPhaseChanged", { phase });
  }
}

/** The URL as it is, `key` only where it has no query at all. */
function cloudUrl(signalingUrl: string, id: string): string {
  if (signalingUrl === "") throw new Error("a test has no public server: set signalingUrl");
  const base = signalingUrl.includes("?") ? signalingUrl : `${signalingUrl}?key=peerjs`;
  return `${base}&id=${id}&token=${randomBytes(4).toString("hex")}`;
}

function sdpOf({ sdp }: JsonObject): string {
  return isObject(sdp) ? textOf(sdp["sdp"]) : textOf(sdp);
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
