import { encodeFrame, MAX_FRAME_BYTES, parseFrames } from "@clayground/protocol";
import type {
  AnswerPayload,
  CandidatePayload,
  ClientSignal,
  Frame,
  MessageFrame,
  OfferPayload,
  PingFrame,
  RefuseFrame,
  RosterFrame,
  StateFrame,
} from "@clayground/protocol";
import type { IceServer, Platform, TimerHandle } from "../platform/platform.ts";
import { Liveness, TICK_EVERY } from "../transport/liveness.ts";
import type { PathInfo } from "../transport/path-info.ts";
import { PeerPath } from "../transport/peer-path.ts";
import { ReliableStream } from "../transport/reliable-stream.ts";
import { newLinkStats, smoothLatency } from "./link-stats.ts";
import type { LinkStats } from "./link-stats.ts";
import { Negotiation } from "./negotiation.ts";

/** Frames that are for the session, not for the link itself. */
export type SessionFrame = MessageFrame | StateFrame | RosterFrame | RefuseFrame;

/** Why a link is over. */
export type LinkEnd =
  /** ICE, DTLS or the connection failed. */
  | "failed"
  /** The other side closed it in good order. */
  | "closed"
  /** Nothing was heard any more. */
  | "silent"
  /** The other side broke the protocol, or sends more than anybody should. */
  | "abuse"
  /** The other side does not take what is sent. */
  | "slow";

/** What a link tells its session. Nothing is called any more once `close()` was. */
export interface LinkHandlers {
  connecting?(phase: "ice" | "datachannel"): void;
  /** Words for `diagnosticMessage`. */
  note(phase: "ice" | "datachannel", detail: () => string): void;
  open(): void;
  /** @param size its share of the message that it came in, in bytes or UTF-16 units */
  frame(frame: SessionFrame, size: number): void;
  ended(cause: LinkEnd): void;
  /** A ping was answered: statistics are new. */
  measured(): void;
}

/** What a link is made from. */
export interface LinkOptions {
  readonly platform: Platform;
  readonly iceServers: IceServer[];
  /** The node at the other end. */
  readonly remoteId: string;
  readonly connectionId: string;
  send(signal: ClientSignal): void;
}

/** Broken frames before a node is dropped: a bug shows in the first few, an attack goes on. */
const MAX_BROKEN_FRAMES = 100;

/** How long a good-bye may take, in milliseconds: a lost packet is repeated once or twice by then. */
const LINGER = 1000;

/** How long an existing app gets to see its channels closed before the connection is, in milliseconds: 10 were enough. */
const CHANNELS_FIRST = 50;

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * The connection to one other node, from its negotiation to its end: the only place where transport
 * and signaling meet. What must arrive goes into the stream, which outlives the path under it.
 */
export class Link {
  readonly id: string;
  readonly stats: LinkStats = newLinkStats();
  isOpen = false;
  /** Whether the other side announced that it is a node of this library. */
  isOurs = false;
  /** Which candidates carry it, as soon as that is known. */
  pathInfo: PathInfo | undefined;
  readonly #platform: Platform;
  readonly #handlers: LinkHandlers;
  readonly #path: PeerPath;
  readonly #negotiation: Negotiation;
  readonly #liveness: Liveness;
  #stream: ReliableStream = new ReliableStream(false);
  /** Whether the other side speaks first. */
  #waits = false;
  #isReady = false;
  #isClosed = false;
  #broken = 0;
  #saidBefore = 0;
  #pingSent: number | undefined;
  #tick: TimerHandle;

  /** Throws `webrtc-unavailable`. */
  constructor({ platform, iceServers, remoteId, connectionId, send }: LinkOptions, handlers: LinkHandlers) {
    this.id = remoteId;
    this.#platform = platform;
    this.#handlers = handlers;
    this.#liveness = new Liveness(platform.now());
    this.#path = new PeerPath(platform, iceServers, {
      candidate: (candidate) => {
        handlers.note("ice", () => `candidate ${/ typ (\w+)/.exec(candidate.candidate)?.[1]}`);
        this.#negotiation.found(candidate);
      },
      connected: () => handlers.connecting?.("datachannel"),
      open: () => {
        this.#isReady = true;
        // Chromium 156 announces an answerer's channel too early: what it sends at once gets lost in 2 of 100 joins. A
        // joiner of ours pings as soon as it hears the channel, so the first frame tells that it is really open.
        if (!this.#waits) this.#opened();
      },
      frame: (data) => this.#received(data),
      writable: () => this.#stream.writable(),
      closed: (cause) => this.#end(cause),
    });
    this.#negotiation = new Negotiation(this.#path, remoteId, connectionId, send);
  }

  get stateChannel(): "unreliable" | "fallback" {
    return this.#path.hasStateChannel ? "unreliable" : "fallback";
  }

  get stateBacklog(): number {
    return this.#path.stateBacklog;
  }

  dial(): Promise<void> {
    return this.#guard(this.#negotiation.dial());
  }

  /** @param limit milliseconds until it must be open */
  answer(offer: OfferPayload, limit: number): Promise<void> {
    this.#waits = offer.clay !== undefined;
    this.#negotiated(offer, limit);
    return this.#guard(this.#negotiation.answer(offer));
  }

  /** @param limit milliseconds until it must be open; 0 for none */
  answered(answer: AnswerPayload, limit: number): Promise<void> {
    this.#negotiated(answer, limit);
    return this.#guard(this.#path.answered(answer.sdp?.sdp ?? ""));
  }

  addCandidate({ candidate }: CandidatePayload): void {
    this.#path.addCandidate(candidate);
  }

  /** Sends a frame that must arrive. */
  send(frame: string): void {
    this.stats.msgSent++;
    this.stats.bytesSent += frame.length;
    if (!this.#stream.push(frame)) this.#end("slow");
  }

  /** Sends a frame that may get lost, or drops it when too many wait already. */
  sendState(frame: string): void {
    if (!this.#path.sendState(this.#encoded(frame))) return;
    this.stats.stateSent++;
    this.stats.bytesSent += frame.length;
  }

  /** Closes at once, for good. */
  close(): void {
    this.#silence();
    this.#path.close();
  }

  /**
   * Leaves: nothing is told any more from here on, but the path stays until the other side has heard the good-bye and
   * closed it, so that neither this nor what was sent before gets lost.
   */
  leave(): void {
    if (!this.isOpen) return this.close();
    this.#silence();
    if (!this.isOurs) {
      // A connection that ends under open channels kills existing native apps that are sending (wire-protocol, C2).
      this.#path.closeChannels();
      this.#tick = this.#platform.setTimeout(() => this.#path.close(), CHANNELS_FIRST);
      return;
    }
    this.#stream.push(encodeFrame({ t: "y", sys: "bye" }));
    this.#stream.flush();
    this.#tick = this.#platform.setTimeout(() => this.#path.close(), LINGER);
  }

  /** The other side did what no honest node does. */
  dropForAbuse(): void {
    this.#end("abuse");
  }

  #negotiated({ clay }: OfferPayload | AnswerPayload, limit: number): void {
    this.isOurs = clay !== undefined;
    this.#handlers.connecting?.("ice");
    if (limit > 0) this.#tick = this.#platform.setTimeout(() => this.#end("silent"), limit);
  }

  async #guard(step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch {
      // A description that the runtime cannot read.
      this.#end("failed");
    }
  }

  #opened(): void {
    this.isOpen = true;
    this.#platform.clearTimeout(this.#tick);
    this.#stream = new ReliableStream(this.isOurs);
    this.#stream.attach({ sendReliable: (frame) => this.#path.sendReliable(this.#encoded(frame)) });
    this.#liveness.heard();
    this.#handlers.open();
    // The session may have closed the link at once.
    if (this.isOpen) this.#look();
  }

  #look(): void {
    const verdict = this.#liveness.tick(this.#platform.now());
    if (verdict === "dead") return this.#end("silent");
    if (verdict === "ping") this.#ping();
    this.#tick = this.#platform.setTimeout(() => this.#look(), TICK_EVERY);
  }

  #ping(): void {
    this.#pingSent = Math.round(this.#platform.now());
    this.#stream.flush();
    this.#saidBefore = this.#stream.given;
    this.#sendControl({ t: "p", ts: this.#pingSent });
  }

  #silence(): void {
    this.isOpen = false;
    this.#isClosed = true;
    this.#platform.clearTimeout(this.#tick);
  }

  #received(data: string | ArrayBuffer): void {
    if (!this.isOpen && !this.#isClosed) {
      // Before the reliable channel is open the other side is not in, whatever it says on the lossy one.
      if (!this.#isReady) return;
      this.#opened();
    }
    const { stats } = this;
    this.#liveness.heard();
    const size = typeof data === "string" ? data.length : data.byteLength;
    stats.bytesRecv += size;
    const frames =
      size > MAX_FRAME_BYTES ? [undefined] : parseFrames(typeof data === "string" ? data : decoder.decode(data));
    for (const frame of frames) {
      // While this side leaves, only the other's own good-bye counts.
      if (this.#isClosed) {
        if (frame?.t === "y" && frame.sys === "bye") this.close();
      } else if (frame) this.#dispatch(frame, size / frames.length);
      else if (++this.#broken > MAX_BROKEN_FRAMES) this.#end("abuse");
    }
  }

  #dispatch(frame: Frame, size: number): void {
    if (frame.t === "p" || frame.t === "P" || frame.t === "a") return this.#control(frame);
    if (frame.t === "s") this.stats.stateRecv++;
    else if (frame.t !== "R") {
      if (!this.#stream.accept(frame.n, size)) return;
      if (frame.t === "m") this.stats.msgRecv++;
      if (this.#stream.ackDue) this.#sendControl({ t: "a", a: 0 });
    }
    this.#handlers.frame(frame, size);
  }

  #control(frame: Exclude<Frame, SessionFrame>): void {
    if (frame.a !== undefined && !this.#stream.acknowledge(frame.a)) return this.#end("abuse");
    if (frame.t === "p") return this.#sendControl({ t: "P", ts: frame.ts });
    // Only the answer to the ping that is under way counts: a made-up time would make an absurd latency.
    if (frame.t === "a" || frame.ts !== this.#pingSent) return;
    // On an ordered channel the answer comes after all that was said before the ping. What it lacks is lost for good, as
    // Chromium 156 does now and then to the first message of an answerer (1 of 150 bare channels).
    if (frame.a !== undefined && frame.a < this.#saidBefore) this.#stream.repeat();
    this.stats.latency = smoothLatency(this.stats.latency, this.#platform.now() - this.#pingSent);
    this.#pingSent = undefined;
    if (!this.pathInfo) void this.#readPath();
    this.#handlers.measured();
  }

  /** Once, after the first answer: the pair is settled by then. */
  async #readPath(): Promise<void> {
    const info = await this.#path.info().catch(() => undefined);
    if (!info || this.#isClosed) return;
    this.pathInfo = info;
    this.#handlers.note("datachannel", () => `selected ${info.local} > ${info.remote} ${info.protocol}`);
    this.#handlers.measured();
  }

  /** Pings and acknowledgments are never numbered or repeated; to our own nodes they carry the count. */
  #sendControl(frame: PingFrame | { t: "a"; a: number }): void {
    const text = encodeFrame(this.isOurs ? { ...frame, a: this.#stream.takeAcknowledgment() } : frame);
    // After what was said before: the roster comes before the first ping.
    this.#stream.flush();
    this.#path.sendReliable(this.#encoded(text));
  }

  #encoded(frame: string): string | Uint8Array {
    // Existing apps send and (in browsers) read binary frames only.
    return this.isOurs ? frame : encoder.encode(frame);
  }

  #end(cause: LinkEnd): void {
    if (this.#isClosed) return this.close();
    this.close();
    this.#handlers.ended(cause);
  }
}
