import { NetworkError } from "../errors.ts";
import type {
  IceCandidate,
  IceServer,
  Platform,
  PlatformDataChannel,
  PlatformPeerConnection,
} from "../platform/platform.ts";
import { BULK_WATERMARKS, DataChannelLane } from "./data-channel-lane.ts";
import type { Watermarks } from "./data-channel-lane.ts";
import { readPathInfo } from "./path-info.ts";
import type { PathInfo } from "./path-info.ts";

/** What a path tells its owner. Nothing is called any more once `close()` was. */
export interface PathHandlers {
  /** A local candidate to be sent to the other side. */
  candidate(candidate: IceCandidate): void;
  /** ICE and DTLS are through; the data channel comes next. */
  connected(): void;
  /** The reliable channel is open. */
  open(): void;
  message(data: string | ArrayBuffer): void;
  /** There is room for more reliable frames. */
  writable(): void;
  /** There is room for states again. */
  stateWritable(): void;
  /** The path is over: `failed` when it broke, `closed` when the other side closed it. */
  closed(cause: "failed" | "closed"): void;
}

/** The label of the lossy channel (wire-protocol: every other label is the reliable one). */
const STATE_LABEL = "state";

/** States wait in the library while the channel has more than this in its queue: there newer ones replace them. */
const STATE_WATERMARKS: Watermarks = { high: 16 * 1024, low: 4 * 1024 };

/** What every implementation takes in one message, where it does not say more (RFC 8841, 6.1). */
const LEAST_MAX_MESSAGE = 64 * 1024;

/** Candidates that may come before the remote description, or in all. Browsers send about 10. */
const MAX_CANDIDATES = 64;

/**
 * One peer connection with its two channels, reliable and lossy. Roles are fixed: who dials makes the
 * offer and both channels. It knows nothing of signaling, of numbers or of rooms.
 */
export class PeerPath {
  readonly #pc: PlatformPeerConnection;
  readonly #handlers: PathHandlers;
  #reliable: DataChannelLane | undefined;
  #state: DataChannelLane | undefined;
  #isClosed = false;
  #isConnected = false;
  #isOpen = false;
  #isDescribed = false;
  #early: IceCandidate[] = [];
  #candidates = 0;

  /** Throws `webrtc-unavailable`. */
  constructor(platform: Platform, iceServers: IceServer[], handlers: PathHandlers) {
    this.#handlers = handlers;
    const pc = createConnection(platform, iceServers);
    this.#pc = pc;
    pc.onicecandidate = ({ candidate }) => {
      // An empty candidate means "no more" in some runtimes; existing apps die of what they cannot parse.
      if (candidate?.candidate && !this.#isClosed) handlers.candidate(candidate);
    };
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "connected") this.#onConnected();
      // "disconnected" may heal; the pings of the link decide about it.
      else if (pc.connectionState === "failed" || pc.connectionState === "closed") this.#end("failed");
    };
    pc.ondatachannel = ({ channel }) => this.#adopt(channel);
  }

  /** Dials: makes both channels and the offer's SDP. */
  async offer(): Promise<string> {
    // Existing apps open `state` first (wire-protocol 3.3), so that it is there when `data` opens.
    this.#adopt(this.#pc.createDataChannel(STATE_LABEL, { ordered: false, maxRetransmits: 0 }));
    this.#adopt(this.#pc.createDataChannel("data", { ordered: true }));
    const offer = await this.#pc.createOffer();
    await this.#pc.setLocalDescription(offer);
    return offer.sdp;
  }

  /** Answers an offer. Rejects when the SDP is not one. */
  async answer(sdp: string): Promise<string> {
    await this.#pc.setRemoteDescription({ type: "offer", sdp });
    const answer = await this.#pc.createAnswer();
    // Not awaited: the answer can be on its way meanwhile, and candidates follow it in any case.
    this.#pc.setLocalDescription(answer).catch(() => this.#end("failed"));
    this.#described();
    return answer.sdp;
  }

  /** The other side answered. Rejects when the SDP is not one. */
  async answered(sdp: string): Promise<void> {
    await this.#pc.setRemoteDescription({ type: "answer", sdp });
    this.#described();
  }

  /** A candidate of the other side; one that cannot be used is passed over. */
  addCandidate(candidate: IceCandidate): void {
    if (this.#isClosed || ++this.#candidates > MAX_CANDIDATES) return;
    if (!this.#isDescribed) this.#early.push(candidate);
    else this.#pc.addIceCandidate(candidate).catch(() => {});
  }

  sendReliable(message: string | Uint8Array): boolean {
    return this.#reliable?.send(message) ?? false;
  }

  /** The longest message that the other side takes, in bytes. */
  get maxMessage(): number {
    return this.#pc.sctp?.maxMessageSize || LEAST_MAX_MESSAGE;
  }

  /** Whether the lossy channel is open, or its updates still take the reliable one. */
  get hasStateChannel(): boolean {
    return this.#state?.isOpen ?? false;
  }

  /** Never queues behind a backlog: false, and it was not sent. */
  sendState(message: string | Uint8Array): boolean {
    const lane = this.#stateLane;
    if (!lane?.isOpen || lane.backlog > STATE_WATERMARKS.high) return false;
    lane.send(message);
    return true;
  }

  /** Bytes that wait in the lane that carries state. */
  get stateBacklog(): number {
    return this.#stateLane?.backlog ?? 0;
  }

  /** Which candidates carry it. */
  info(): Promise<PathInfo | undefined> {
    return readPathInfo(this.#pc);
  }

  /** Closes the channels alone; nothing more is sent or received. */
  closeChannels(): void {
    this.#state?.close();
    this.#reliable?.close();
  }

  /** Closes at once and for good; nothing is called any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.closeChannels();
    this.#pc.onicecandidate = this.#pc.onconnectionstatechange = this.#pc.ondatachannel = null;
    this.#pc.close();
  }

  get #stateLane(): DataChannelLane | undefined {
    return this.hasStateChannel ? this.#state : this.#reliable;
  }

  #described(): void {
    this.#isDescribed = true;
    for (const candidate of this.#early) this.#pc.addIceCandidate(candidate).catch(() => {});
    this.#early = [];
  }

  #adopt(channel: PlatformDataChannel): void {
    const isState = channel.label === STATE_LABEL;
    if (this.#isClosed || (isState ? this.#state : this.#reliable)) return channel.close();
    const lane = new DataChannelLane(channel, isState ? STATE_WATERMARKS : BULK_WATERMARKS, {
      open: () => this.#opened(lane),
      data: (data) => this.#handlers.message(data),
      writable: () => (isState ? this.#handlers.stateWritable() : this.#handlers.writable()),
      closed: () => {
        if (isState) this.#state = undefined;
        else this.#end("closed");
      },
    });
    if (isState) this.#state = lane;
    else this.#reliable = lane;
    if (lane.isOpen) this.#opened(lane);
  }

  #opened(lane: DataChannelLane): void {
    if (lane !== this.#reliable || this.#isOpen) return;
    this.#isOpen = true;
    this.#onConnected();
    this.#handlers.open();
  }

  /** Some runtimes open the channel before they report the connection. */
  #onConnected(): void {
    if (this.#isConnected || this.#isClosed) return;
    this.#isConnected = true;
    this.#handlers.connected();
  }

  #end(cause: "failed" | "closed"): void {
    if (this.#isClosed) return;
    this.close();
    this.#handlers.closed(cause);
  }
}

/** Throws `webrtc-unavailable`. */
export function createConnection(platform: Platform, iceServers: IceServer[]): PlatformPeerConnection {
  try {
    return platform.createPeerConnection({ iceServers });
  } catch (error) {
    // No WebRTC in this runtime, a malformed ICE server, or too many connections.
    throw new NetworkError("webrtc-unavailable", String(error), {}, error);
  }
}
