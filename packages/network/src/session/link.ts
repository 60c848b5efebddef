import { encodeFrame, MAX_FRAME_BYTES, parseFrames } from "@clayground/protocol";
import type {
  Frame,
  MailFrame,
  MessageFrame,
  NegotiationSignal,
  PingFrame,
  RefuseFrame,
  RosterFrame,
  SignalFrame,
  StateFrame,
} from "@clayground/protocol";
import type { IceServer, Platform, TimerHandle } from "../platform/platform.ts";
import { Liveness, TICK_EVERY } from "../transport/liveness.ts";
import type { PathInfo } from "../transport/path-info.ts";
import { ReliableStream } from "../transport/reliable-stream.ts";
import { Connection } from "./connection.ts";
import type { LinkEnd } from "./connection.ts";
import type { LinkPath } from "./link-path.ts";
import { newLinkStats, smoothLatency } from "./link-stats.ts";
import type { LinkStats } from "./link-stats.ts";

/** Frames that are for the session, not for the link itself. */
export type SessionFrame = MessageFrame | StateFrame | RosterFrame | RefuseFrame | MailFrame | SignalFrame;

/** What a link tells its owner. Nothing is called any more once `close()` was. */
export interface LinkHandlers {
  connecting?(phase: "ice" | "datachannel"): void;
  /** Words for `diagnosticMessage`. */
  note(phase: "ice" | "datachannel", detail: () => string): void;
  /** It can be used: the first path is there. */
  open?(): void;
  /** @param size its share of the message that it came in, in bytes or UTF-16 units */
  frame(frame: SessionFrame, size: number): void;
  /** A connection carries it from now on. */
  connected?(): void;
  /** Its connection, open or not yet, is over; the link goes on by its fallback. */
  disconnected?(cause: LinkEnd): void;
  ended(cause: LinkEnd): void;
  /** Statistics are new. */
  measured(): void;
}

/** What a link is made from. */
export interface LinkOptions {
  readonly platform: Platform;
  readonly iceServers: IceServer[];
  /** The node at the other end. */
  readonly remoteId: string;
  /** What carries it while there is no connection, to a node of this library; without it, the connection's end is the link's. */
  readonly fallback?: LinkPath;
}

/** Broken frames before a node is dropped: a bug shows in the first few, an attack goes on. */
const MAX_BROKEN_FRAMES = 100;

/** How long a good-bye may take, in milliseconds: a lost packet is repeated once or twice by then. */
const LINGER = 1000;

const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * All that passes between this node and another one, whatever carries it: what must arrive goes into one numbered stream,
 * which outlives its path. A path is a connection of these two or, where there is a fallback, the way through the host.
 */
export class Link {
  readonly id: string;
  readonly stats: LinkStats = newLinkStats();
  isOpen = false;
  /** Whether the other side announced that it is a node of this library. */
  isOurs: boolean;
  /** Which candidates carry it, as soon as that is known. */
  pathInfo: PathInfo | undefined;
  readonly #options: LinkOptions;
  readonly #platform: Platform;
  readonly #handlers: LinkHandlers;
  readonly #liveness: Liveness;
  #connection: Connection | undefined;
  /** What carries it now. */
  #path: LinkPath | undefined;
  #stream: ReliableStream;
  #isClosed = false;
  #broken = 0;
  #saidBefore = 0;
  #pingSent: number | undefined;
  /** Whether the latency is this path's. */
  #isMeasured = false;
  #tick: TimerHandle;

  constructor(options: LinkOptions, handlers: LinkHandlers) {
    const { platform, remoteId, fallback } = options;
    this.id = remoteId;
    this.isOurs = !!fallback;
    this.#options = options;
    this.#platform = platform;
    this.#handlers = handlers;
    this.#liveness = new Liveness(platform.now());
    this.#stream = new ReliableStream(this.isOurs);
    if (fallback) this.#attach(fallback);
  }

  /**
   * A new try to connect, in place of the one before; as soon as it is open it carries the link. Throws `webrtc-unavailable`.
   *
   * @param connectionId tells this try from others
   */
  connect(connectionId: string, send: (signal: NegotiationSignal) => void): Connection {
    this.#disconnect();
    const { platform, iceServers } = this.#options;
    const connection = new Connection(
      { platform, iceServers, connectionId, send },
      {
        connecting: (phase) => this.#handlers.connecting?.(phase),
        note: (phase, detail) => this.#handlers.note(phase, detail),
        open: () => this.#connected(connection),
        data: (data) => this.#received(data, connection),
        writable: () => this.#stream.writable(),
        ended: (cause) => this.#connectionEnded(cause),
      },
    );
    this.#connection = connection;
    return connection;
  }

  /** How the two are connected: directly, through a TURN server, or by way of the host. */
  get path(): "direct" | "relay" | "via-host" {
    return this.#path?.isDirect === false ? "via-host" : (this.pathInfo?.kind ?? "direct");
  }

  get stateChannel(): "unreliable" | "fallback" {
    return this.#path?.hasStateChannel ? "unreliable" : "fallback";
  }

  get stateBacklog(): number {
    return this.#path?.stateBacklog ?? 0;
  }

  /** Frames that wait or are not yet acknowledged, in UTF-16 units. */
  get queued(): number {
    return this.#stream.queued;
  }

  /** Sends a frame that must arrive. */
  send(frame: string): void {
    if (!this.isOpen) return;
    this.stats.msgSent++;
    this.stats.bytesSent += frame.length;
    if (!this.#stream.push(frame)) this.#end("slow");
  }

  /** Sends a frame that may get lost, or drops it when too many wait already: false. */
  sendState(frame: string): boolean {
    if (!this.#path?.sendState(frame)) return false;
    this.stats.stateSent++;
    this.stats.bytesSent += frame.length;
    return true;
  }

  /** The fallback has room again. */
  writable(): void {
    if (!this.#path?.isDirect) this.#stream.writable();
  }

  /** What came through the fallback. */
  mailed(frames: readonly (Frame | undefined)[], size: number): void {
    this.stats.bytesRecv += size;
    const { fallback } = this.#options;
    if (fallback) this.#read(frames, size, fallback);
  }

  /** Closes at once, for good. */
  close(): void {
    this.#silence();
    this.#connection?.close();
  }

  /**
   * Leaves: nothing is told any more from here on, but the connection stays until the other side has heard the good-bye and
   * closed it, so that neither this nor what was sent before gets lost. What has a fallback sends the rest that way, before the host
   * hears the good-bye: on a connection that is about to break it would be lost.
   */
  leave(): void {
    const connection = this.#connection;
    const { fallback } = this.#options;
    if (this.isOpen && fallback) {
      if (this.#path === fallback) this.#stream.writable();
      else this.#stream.attach(fallback);
    }
    if (fallback || !this.isOpen || !connection?.isOpen) return this.close();
    this.#silence();
    if (this.isOurs) {
      this.#stream.push(encodeFrame({ t: "y", sys: "bye" }));
      this.#stream.flush();
    }
    connection.closeLater(LINGER);
  }

  /** The other side did what no honest node does. */
  dropForAbuse(): void {
    this.#end("abuse");
  }

  #connected(connection: Connection): void {
    this.#attach(connection);
    if (!this.#isClosed) this.#handlers.connected?.();
  }

  /** Goes on over this path, the first or a further one. */
  #attach(path: LinkPath): void {
    const isFirst = !this.isOpen;
    this.#path = path;
    this.pathInfo = this.#pingSent = undefined;
    this.#isMeasured = false;
    if (isFirst) {
      this.isOpen = true;
      if (path === this.#connection) this.isOurs = this.#connection.isOurs;
      this.#stream = new ReliableStream(this.isOurs);
    }
    this.#stream.attach(path);
    this.#liveness.restart(this.#platform.now());
    if (isFirst) this.#handlers.open?.();
    // The session may have closed the link at once.
    if (!this.#isClosed) this.#look();
  }

  #look(): void {
    this.#platform.clearTimeout(this.#tick);
    // Where the host passes things on, silence is the host's to judge.
    if (!this.#path?.isDirect) this.#liveness.heard();
    const verdict = this.#liveness.tick(this.#platform.now());
    if (verdict === "dead") return this.#connectionEnded("silent");
    if (verdict === "ping") this.#ping();
    if (!this.#isClosed) this.#tick = this.#platform.setTimeout(() => this.#look(), TICK_EVERY);
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

  #received(data: string | ArrayBuffer, connection: Connection): void {
    if (connection === this.#path) this.#liveness.heard();
    const size = typeof data === "string" ? data.length : data.byteLength;
    this.stats.bytesRecv += size;
    const frames =
      size > MAX_FRAME_BYTES ? [undefined] : parseFrames(typeof data === "string" ? data : decoder.decode(data));
    this.#read(frames, size, connection);
  }

  #read(frames: readonly (Frame | undefined)[], size: number, path: LinkPath): void {
    for (const frame of frames) {
      // While this side leaves, only the other's own good-bye counts.
      if (this.#isClosed) {
        if (frame?.t === "y" && frame.sys === "bye") this.close();
      } else if (frame) this.#dispatch(frame, size / frames.length, path);
      else if (++this.#broken > MAX_BROKEN_FRAMES) this.#end("abuse");
    }
  }

  #dispatch(frame: Frame, size: number, path: LinkPath): void {
    switch (frame.t) {
      case "p":
      case "P":
      case "a":
        return this.#control(frame, path);
      case "s":
        this.stats.stateRecv++;
        break;
      case "m":
      case "y":
      case "v":
        if (!this.#stream.accept(frame.n, size)) return;
        if (frame.t === "m") this.stats.msgRecv++;
        if (this.#stream.ackDue) this.#sendControl({ t: "a", a: 0 });
    }
    this.#handlers.frame(frame, size);
  }

  #control(frame: Extract<Frame, { t: "p" | "P" | "a" }>, path: LinkPath): void {
    if (frame.a !== undefined && !this.#stream.acknowledge(frame.a)) return this.#end("abuse");
    // The answer takes the ping's way.
    if (frame.t === "p") return this.#sendControl({ t: "P", ts: frame.ts }, path);
    // Only the answer to the ping that is under way counts: a made-up time would make an absurd latency.
    if (frame.t === "a" || frame.ts !== this.#pingSent || path !== this.#path) return;
    // On an ordered channel the answer comes after all that was said before the ping. What it lacks is lost for good, as
    // Chromium 156 does now and then to the first message of an answerer (1 of 150 bare channels).
    if (frame.a !== undefined && frame.a < this.#saidBefore) this.#stream.repeat();
    const before = this.#isMeasured ? this.stats.latency : -1;
    this.#isMeasured = true;
    this.stats.latency = smoothLatency(before, this.#platform.now() - this.#pingSent);
    this.#pingSent = undefined;
    if (!this.pathInfo) void this.#readPath(path);
    this.#handlers.measured();
  }

  /** Once, after the first answer: the pair is settled by then. */
  async #readPath(path: LinkPath): Promise<void> {
    const info = await path.info().catch(() => undefined);
    if (!info || this.#isClosed || path !== this.#path) return;
    this.pathInfo = info;
    this.#handlers.note("datachannel", () => `selected ${info.local} > ${info.remote} ${info.protocol}`);
    this.#handlers.measured();
  }

  /** Pings and acknowledgments are never numbered or repeated; to our own nodes they carry the count. */
  #sendControl(frame: PingFrame | { t: "a"; a: number }, path: LinkPath | undefined = this.#path): void {
    const text = encodeFrame(this.isOurs ? { ...frame, a: this.#stream.takeAcknowledgment() } : frame);
    // After what was said before: the roster comes before the first ping.
    this.#stream.flush();
    path?.sendControl(text);
  }

  #connectionEnded(cause: LinkEnd): void {
    if (this.#isClosed) return;
    if (!this.#options.fallback) return this.#end(cause);
    this.#disconnect();
    this.#handlers.disconnected?.(cause);
  }

  /** Goes on without the connection, open or not yet. */
  #disconnect(): void {
    const connection = this.#connection;
    const { fallback } = this.#options;
    this.#connection = undefined;
    connection?.close();
    if (fallback && this.#path !== fallback) this.#attach(fallback);
  }

  #end(cause: LinkEnd): void {
    if (this.#isClosed) return;
    this.close();
    this.#handlers.ended(cause);
  }
}
