import type {
  IceCandidate,
  PlatformDataChannel,
  PlatformPeerConnection,
  ReadonlyStats,
  SessionDescription,
} from "@clayground/network";
import { CandidateHold, HOLD_AFTER_ANSWER, HOLD_BEFORE_ANSWER } from "./candidate-hold.ts";
import { isMdns, readCandidate } from "./ice-candidate.ts";
import type { UsableCandidate } from "./ice-candidate.ts";
import { leftovers } from "./leftovers.ts";
import { libdatachannel } from "./native.ts";
import type { NativeDataChannel, NativeIceServer, NativePeerConnection } from "./native.ts";
import { NodeDataChannel } from "./node-data-channel.ts";
import { selectedPairStats } from "./selected-pair-stats.ts";
import {
  markLateCandidates,
  readRemoteDescription,
  toLocalDescription,
  withSenderAsDtlsClient,
} from "./session-description.ts";
import { shield } from "./shield.ts";
import type { Report } from "./shield.ts";

/** What a connection is made from. */
export interface NodePeerConnectionOptions {
  readonly iceServers: NativeIceServer[];
  readonly bindAddress: string | undefined;
  readonly report: Report;
}

/** More channels than any application of this library opens; the rest is closed at once. */
const MAX_INCOMING_CHANNELS = 16;

/** libjuice checks 20 at the most; browsers send about 10. */
const MAX_REMOTE_CANDIDATES = 64;

/** Each costs a thread and a look-up in the system's resolver. */
const MAX_MDNS_CANDIDATES = 4;

/**
 * A peer connection of libdatachannel with W3C's interface. Roles are fixed: who makes a data channel
 * offers, the other answers, once. A connection that failed does not recover.
 */
export class NodePeerConnection implements PlatformPeerConnection {
  onicecandidate: ((event: { candidate: IceCandidate | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ondatachannel: ((event: { channel: PlatformDataChannel }) => void) | null = null;

  readonly #report: Report;
  readonly #channels = new Set<NodeDataChannel>();
  readonly #local: CandidateHold;
  readonly #remote: CandidateHold;
  /** `undefined` from close() on. */
  #native: NativePeerConnection | undefined;
  #connectionState: PlatformPeerConnection["connectionState"] = "new";
  #role: "offerer" | "answerer" | undefined;
  #isDescribed = false;
  #isRemoteDescribed = false;
  #isLost = false;
  /** Found before setLocalDescription(). */
  #found: UsableCandidate[] = [];
  #remoteCandidates = 0;
  #mdnsCandidates = 0;

  constructor({ iceServers, bindAddress, report }: NodePeerConnectionOptions) {
    this.#report = report;
    this.#local = new CandidateHold(({ line }) => this.#emitCandidate(line));
    this.#remote = new CandidateHold(({ line }) => void this.#addRemote(line).catch(() => {}));
    // libdatachannel makes offer and answer by itself as soon as it can, and what comes of it is held here
    // until W3C's order wants it. To call its setLocalDescription() would be the other way, but that one
    // aborts the process when it fails (a wrong bind address, no free socket); these ways throw.
    const config = { iceServers, ...(bindAddress !== undefined && { bindAddress }) };
    const native = new (libdatachannel().PeerConnection)("", config);
    this.#native = native;
    leftovers.connectionMade();
    // Without this handler the binding keeps the process alive, also after close().
    native.onStateChange(shield(report, (state) => this.#stateChanged(state)));
    native.onIceStateChange(shield(report, (state) => this.#iceStateChanged(state)));
    native.onLocalCandidate(shield(report, (line) => this.#candidateFound(line)));
    native.onDataChannel(shield(report, (channel) => this.#channelCame(channel)));
  }

  get connectionState(): PlatformPeerConnection["connectionState"] {
    return this.#connectionState;
  }

  get sctp(): { readonly maxMessageSize: number } | null {
    if (!this.#native || this.#connectionState !== "connected") return null;
    return { maxMessageSize: this.#native.maxMessageSize() };
  }

  createDataChannel(label: string, init: { ordered?: boolean; maxRetransmits?: number } = {}): PlatformDataChannel {
    const native = this.#open();
    const { ordered = true, maxRetransmits } = init;
    const config = { unordered: !ordered, ...(maxRetransmits !== undefined && { maxRetransmits }) };
    const channel = this.#adopt(native.createDataChannel(label, config), label);
    this.#role ??= "offerer";
    return channel;
  }

  async createOffer(): Promise<SessionDescription> {
    return { type: "offer", sdp: markLateCandidates(this.#localSdp("offerer")) };
  }

  async createAnswer(): Promise<SessionDescription> {
    return { type: "answer", sdp: this.#localSdp("answerer") };
  }

  async setLocalDescription({ type }: SessionDescription): Promise<void> {
    this.#localSdp(type === "offer" ? "offerer" : "answerer");
    if (this.#isDescribed) return;
    this.#isDescribed = true;
    for (const candidate of this.#found.splice(0)) this.#local.add(candidate);
    if (type === "offer") return this.#local.releaseIn(HOLD_BEFORE_ANSWER);
    this.#local.release();
    this.#remote.releaseIn(HOLD_AFTER_ANSWER);
  }

  async setRemoteDescription({ type, sdp }: SessionDescription): Promise<void> {
    const native = this.#open();
    const role = type === "offer" ? "answerer" : "offerer";
    if (this.#isRemoteDescribed || (this.#role ?? role) !== role || (type === "answer" && !this.#isDescribed))
      throw new Error(`This connection cannot take an ${type} now.`);
    const remote = readRemoteDescription(sdp);
    const isBrowsersOffer = type === "offer" && !remote.isLibdatachannel;
    // As DTLS client of a browser that is not up yet, OpenSSL would wait a second (Firefox, 49 of 60 connects);
    // a browser as client tries again after 50 ms.
    native.setRemoteDescription(isBrowsersOffer ? withSenderAsDtlsClient(remote.sdp) : remote.sdp, type);
    this.#role = role;
    this.#isRemoteDescribed = true;
    const isAnswererDtlsClient =
      type === "offer" ? !isBrowsersOffer : remote.isLibdatachannel && remote.setup === "active";
    if (type === "answer") {
      this.#remote.release();
      // Whose DTLS client is not OpenSSL's, or who is the server itself, is best connected at once.
      if (isAnswererDtlsClient) this.#local.releaseIn(HOLD_AFTER_ANSWER);
      else this.#local.release();
    } else if (!isAnswererDtlsClient || remote.holdsCandidates) this.#remote.release();
    for (const candidate of remote.candidates) this.addIceCandidate({ candidate }).catch(() => {});
    setImmediate(() => this.#changeState("connecting"));
  }

  async addIceCandidate({ candidate }: IceCandidate): Promise<void> {
    this.#open();
    if (!this.#isRemoteDescribed) throw new Error("A candidate came before the remote description.");
    if (candidate === "") return;
    const usable = readCandidate(candidate);
    if (!usable || ++this.#remoteCandidates > MAX_REMOTE_CANDIDATES) return;
    if (isMdns(usable) && ++this.#mdnsCandidates > MAX_MDNS_CANDIDATES) return;
    this.#remote.add(usable);
  }

  /** W3C's statistics of the selected pair; empty unless connected. */
  async getStats(): Promise<ReadonlyStats> {
    // Asked while ICE connects, libdatachannel 0.24.5 can block the whole process for ever (PR 1630).
    if (!this.#native || this.#connectionState !== "connected") return new Map<string, never>();
    return selectedPairStats(this.#native);
  }

  /** Closes at once, with all channels; nothing is delivered any more. */
  close(): void {
    const native = this.#native;
    if (!native) return;
    this.#native = undefined;
    this.#connectionState = "closed";
    this.#local.drop();
    this.#remote.drop();
    this.#found = [];
    // Each by itself: those that never got a stream would keep the process alive.
    for (const channel of this.#channels) channel.silence();
    this.#channels.clear();
    native.close();
    leftovers.connectionClosed();
  }

  #open(): NativePeerConnection {
    if (!this.#native) throw new Error("The peer connection is closed.");
    return this.#native;
  }

  /** The SDP that this side has made in this role. Throws when it has made none. */
  #localSdp(role: "offerer" | "answerer"): string {
    const native = this.#open();
    const description = this.#role === role ? native.localDescription() : null;
    if (description) return toLocalDescription(description.sdp);
    throw new Error(role === "offerer" ? "Make a data channel first." : "Set the remote description first.");
  }

  #adopt(native: NativeDataChannel, label: string): NodeDataChannel {
    const channel = new NodeDataChannel(native, label, this.#report, () => this.#channels.delete(channel));
    this.#channels.add(channel);
    return channel;
  }

  #channelCame(native: NativeDataChannel): void {
    const channel = this.#adopt(native, native.getLabel());
    if (!this.#native || this.#isLost || this.#channels.size > MAX_INCOMING_CHANNELS || !this.ondatachannel)
      channel.close();
    else this.ondatachannel({ channel });
  }

  #candidateFound(text: string): void {
    const candidate = readCandidate(text);
    if (!candidate || !this.#native) return;
    if (this.#isDescribed) this.#local.add(candidate);
    else this.#found.push(candidate);
  }

  /** Not before the call that brings it about has returned, as in browsers. */
  #emitCandidate(line: string): void {
    const event = { candidate: { candidate: line, sdpMid: "0", sdpMLineIndex: 0 } };
    const emit = shield(this.#report, () => this.onicecandidate?.(event));
    setImmediate(() => {
      if (this.#native) emit();
    });
  }

  /** Right after the description the ICE transport may not be there yet (1 in about 460 connects). */
  async #addRemote(line: string): Promise<void> {
    for (let attempt = 1; this.#native; attempt++) {
      try {
        return this.#native.addRemoteCandidate(line, "");
      } catch (error) {
        if (attempt === 5) throw error;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  #iceStateChanged(state: string): void {
    if (state !== "connected" && state !== "completed") return;
    this.#local.release();
    this.#remote.release();
  }

  #stateChanged(state: string): void {
    if (state === "connected") this.#changeState("connected");
    else if (state === "failed") this.#changeState("failed");
    // Both are final here, and come together. Messages that came before are delivered in this turn of the
    // event loop; then W3C's order: first the channels close, then the connection fails.
    else if ((state === "disconnected" || state === "closed") && !this.#isLost) {
      this.#isLost = true;
      setImmediate(() => {
        for (const channel of [...this.#channels]) channel.ended();
        this.#changeState("failed");
      });
    }
  }

  #changeState(state: PlatformPeerConnection["connectionState"]): void {
    const current = this.#connectionState;
    if (!this.#native || current === state || current === "failed" || (state === "connecting" && current !== "new"))
      return;
    this.#connectionState = state;
    shield(this.#report, () => this.onconnectionstatechange?.())();
  }
}
