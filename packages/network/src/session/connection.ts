import {
  decodePacket,
  decodePlain,
  encodeFrame,
  encodePacket,
  encodePlain,
  MAX_FRAME_BYTES,
} from "@clayground/protocol";
import type {
  AnswerPayload,
  CandidatePayload,
  ClayAnnouncement,
  NegotiationSignal,
  OfferPayload,
  Packet,
} from "@clayground/protocol";
import type { IceServer, Platform, TimerHandle } from "../platform/platform.ts";
import type { PathInfo } from "../transport/path-info.ts";
import { PeerPath } from "../transport/peer-path.ts";
import type { LinkPath } from "./link-path.ts";
import { Negotiation } from "./negotiation.ts";

/** Why a connection is over, or a link. */
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

/** What a connection tells its link. Nothing is called any more once `close()` was. */
export interface ConnectionHandlers {
  connecting(phase: "ice" | "datachannel"): void;
  note(phase: "ice" | "datachannel", detail: () => string): void;
  /** Both sides can send. */
  open(): void;
  /** Something came in, never before `open`. @param size in bytes, of text in UTF-16 units */
  packet(packet: Packet, size: number): void;
  /** There is room again: for states alone, or for what must arrive. */
  writable(isState: boolean): void;
  ended(cause: LinkEnd): void;
}

/** What a connection is made from. */
export interface ConnectionOptions {
  readonly platform: Platform;
  readonly iceServers: IceServer[];
  /** Tells this try from others; an answerer takes the offer's. */
  readonly connectionId: string;
  send(signal: NegotiationSignal): void;
}

/** How long a good-bye may take, in milliseconds: a lost packet is repeated once or twice by then. */
const LINGER = 1000;

/** How long an existing app gets to see its channels closed before the connection is, in milliseconds: 10 were enough. */
const CHANNELS_FIRST = 50;

/** One try to connect to a node directly, and the path that it becomes: the only place where transport and signaling meet. */
export class Connection implements LinkPath {
  readonly isDirect = true;
  isOpen = false;
  /** Whether the other side announced that it is a node of this library. */
  isOurs = false;
  readonly #platform: Platform;
  readonly #handlers: ConnectionHandlers;
  readonly #path: PeerPath;
  readonly #negotiation: Negotiation;
  /** Whether the other side speaks first. */
  #waits = false;
  #probes = false;
  #isReady = false;
  /** Asked once: it is a call into WebRTC. */
  #maxMessage: number | undefined;
  #isClosed = false;
  #timer: TimerHandle;

  /** Throws `webrtc-unavailable`. */
  constructor({ platform, iceServers, connectionId, send }: ConnectionOptions, handlers: ConnectionHandlers) {
    this.#platform = platform;
    this.#handlers = handlers;
    this.#path = new PeerPath(platform, iceServers, {
      candidate: (candidate) => {
        handlers.note("ice", () => `candidate ${/ typ (\w+)/.exec(candidate.candidate)?.[1]}`);
        this.#negotiation.found(candidate);
      },
      connected: () => handlers.connecting("datachannel"),
      open: () => {
        this.#isReady = true;
        // Chromium 156 announces an answerer's channel too early: what it sends at once gets lost in 2 of 100 joins. Who
        // dials pings as soon as it hears the channel, so the first frame tells that it is really open.
        if (!this.#waits) this.#opened();
        else if (this.#probes) this.#path.sendReliable(encodeFrame({ t: "p", ts: null }));
      },
      message: (data) => this.#received(data),
      writable: () => handlers.writable(false),
      stateWritable: () => handlers.writable(true),
      closed: (cause) => this.#end(cause),
    });
    this.#negotiation = new Negotiation(this.#path, connectionId, send);
  }

  /**
   * @param limit milliseconds until it must be open; 0 for none
   * @param probes whether it counts as open only once the other side was heard: where there is another way meanwhile
   */
  dial(limit = 0, probes = false): Promise<void> {
    this.#waits = this.#probes = probes;
    this.#limit(limit);
    return this.#guard(this.#negotiation.dial());
  }

  /**
   * @param limit milliseconds until it must be open; 0 for none
   * @param more what else this side says of itself
   */
  answer(offer: OfferPayload, limit: number, more?: Partial<ClayAnnouncement>): Promise<void> {
    this.#waits = offer.clay !== undefined;
    this.#negotiated(offer, limit);
    return this.#guard(this.#negotiation.answer(offer, more));
  }

  /** @param limit milliseconds until it must be open; 0 for none, or for what `dial` said */
  answered(answer: AnswerPayload, limit = 0): Promise<void> {
    this.#negotiated(answer, limit);
    return this.#guard(this.#path.answered(answer.sdp?.sdp ?? ""));
  }

  addCandidate({ candidate }: CandidatePayload): void {
    this.#path.addCandidate(candidate);
  }

  sendReliable(packet: Packet): boolean {
    return this.#path.sendReliable(this.#encoded(packet));
  }

  sendControl(text: string): boolean {
    this.sendReliable({ text });
    return true;
  }

  sendState(packet: Packet): boolean {
    return this.#path.sendState(this.#encoded(packet));
  }

  get maxMessage(): number {
    return (this.#maxMessage ??= this.#path.maxMessage);
  }

  get hasStateChannel(): boolean {
    return this.#path.hasStateChannel;
  }

  get stateBacklog(): number {
    return this.#path.stateBacklog;
  }

  info(): Promise<PathInfo | undefined> {
    return this.#path.info();
  }

  /** Closes at once, for good. */
  close(): void {
    this.#isClosed = true;
    this.isOpen = false;
    this.#platform.clearTimeout(this.#timer);
    this.#path.close();
  }

  /** Closes a moment later, unless the other side does first; to existing apps, in the order that they survive. */
  closeLater(): void {
    // A connection that ends under open channels kills existing native apps that are sending (wire-protocol, C2).
    if (!this.isOurs) this.#path.closeChannels();
    this.#timer = this.#platform.setTimeout(() => this.close(), this.isOurs ? LINGER : CHANNELS_FIRST);
  }

  #negotiated({ clay }: OfferPayload | AnswerPayload, limit: number): void {
    this.isOurs = clay !== undefined;
    this.#handlers.connecting("ice");
    this.#limit(limit);
  }

  #limit(ms: number): void {
    if (ms <= 0) return;
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(() => this.#end("silent"), ms);
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
    this.#platform.clearTimeout(this.#timer);
    this.#handlers.open();
  }

  #received(data: string | ArrayBuffer): void {
    if (!this.isOpen && !this.#isClosed) {
      // Before the reliable channel is open the other side is not in, whatever it says on the lossy one.
      if (!this.#isReady) return;
      this.#opened();
    }
    if (this.#isClosed) return;
    const size = typeof data === "string" ? data.length : data.byteLength;
    // Too long for any frame, and not worth reading.
    const packet = size > MAX_FRAME_BYTES ? { text: "" } : this.isOurs ? decodePacket(data) : decodePlain(data);
    this.#handlers.packet(packet, size);
  }

  #encoded(packet: Packet): string | Uint8Array {
    return this.isOurs ? encodePacket(packet) : encodePlain(packet);
  }

  #end(cause: LinkEnd): void {
    if (this.#isClosed) return;
    this.close();
    this.#handlers.ended(cause);
  }
}
