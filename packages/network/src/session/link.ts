import { encodeFrame, MAX_FRAME_BYTES, parseFrames } from "@clayground/protocol";
import type { AckFrame, Frame, NegotiationSignal, PingFrame } from "@clayground/protocol";
import type { IceServer, Platform, TimerHandle } from "../platform/platform.ts";
import { Heartbeat } from "../transport/heartbeat.ts";
import type { PathInfo } from "../transport/path-info.ts";
import { ReliableStream } from "../transport/reliable-stream.ts";
import { Connection } from "./connection.ts";
import type { LinkEnd } from "./connection.ts";
import type { LinkPath } from "./link-path.ts";
import { newLinkStats, smoothLatency } from "./link-stats.ts";
import type { LinkStats } from "./link-stats.ts";

/** Frames that are for the session, not for the link itself. */
export type SessionFrame = Exclude<Frame, PingFrame | AckFrame>;

/** What a link tells its owner. Nothing is called any more once `close()` was. */
export interface LinkHandlers {
  connecting?(phase: "ice" | "datachannel"): void;
  /** Words for `diagnosticMessage`. */
  note(phase: "ice" | "datachannel", detail: () => string): void;
  /** It can be used: the first path is there. */
  open?(): void;
  /** @param size of the message that it came in; 0 when that was told before, of mail and of others. @param share of that size */
  frame(frame: SessionFrame, size: number, share: number): void;
  /** A connection carries it from now on. */
  connected?(): void;
  /** A message was not taken, because too much waits already; told once until there is room. */
  full?(): void;
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

/** While a link drains: how often to ask for an acknowledgment, at the most, and how long a connection may take, in milliseconds. */
const DRAIN_TICK = 50;
const CONNECTION_FIRST = 300;

/** A link of which a message was not taken has room again below this, in UTF-16 units: half of what it takes. */
const ROOM_AGAIN = 8 * 1024 * 1024;

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
  readonly #handlers: LinkHandlers;
  readonly #heartbeat: Heartbeat;
  #connection: Connection | undefined;
  /** What carries it now. */
  #path: LinkPath | undefined;
  #stream: ReliableStream;
  #isClosed = false;
  #broken = 0;
  /** What is left to be charged of the size of a message, to mail and to others. */
  #mailCharge = 0;
  #charge = 0;
  #saidBefore = 0;
  /** Whether a message was not taken, and none since. */
  #isFull = false;
  #drained: (() => void) | undefined;
  #timer: TimerHandle;

  constructor(options: LinkOptions, handlers: LinkHandlers) {
    const { platform, remoteId, fallback } = options;
    this.id = remoteId;
    this.isOurs = !!fallback;
    this.#options = options;
    this.#handlers = handlers;
    this.#heartbeat = new Heartbeat(
      platform,
      (ts) => this.#ping(ts),
      () => this.#connectionEnded("silent"),
    );
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
        writable: () => {
          if (connection === this.#path) this.#stream.writable();
        },
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
    if (this.#stream.push(frame)) {
      this.stats.msgSent++;
      this.stats.bytesSent += frame.length;
      if (this.#stream.queued < ROOM_AGAIN) this.#isFull = false;
    } else if (!this.#options.fallback) this.#end("slow");
    else if (!this.#isFull) {
      this.#isFull = true;
      this.#handlers.full?.();
    }
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
    if (this.#options.fallback) this.#read(frames, size, this.#options.fallback);
  }

  /** Closes at once, for good. */
  close(): void {
    this.#silence();
    this.#connection?.close();
  }

  /**
   * Leaves: nothing is told any more from here on, but the connection stays until the other side has heard the good-bye and
   * closed it, so that neither this nor what was sent before gets lost. What has a fallback hands it the rest.
   */
  leave(): void {
    const connection = this.#connection;
    const { fallback } = this.#options;
    if (fallback && this.isOpen) this.#stream.attach(fallback);
    if (fallback || !this.isOpen || !connection?.isOpen) return this.close();
    this.#silence();
    if (this.isOurs) {
      this.#stream.push(encodeFrame({ t: "y", sys: "bye" }));
      this.#stream.flush();
    }
    connection.closeLater();
  }

  /** Calls back as soon as the other side has everything; a connection that does not bring it in time gives way to the fallback. */
  drain(done: () => void): void {
    if (!this.isOpen || this.#stream.queued === 0) return done();
    this.#drained = done;
    this.#timer = this.#options.platform.setTimeout(() => this.#disconnect(), CONNECTION_FIRST);
    this.#heartbeat.hasten(Math.max(DRAIN_TICK, 2 * this.stats.latency));
  }

  /** The other side did what no honest node does. */
  dropForAbuse(): void {
    this.#end("abuse");
  }

  #connected(connection: Connection): void {
    this.#attach(connection);
    if (connection === this.#path && !this.#isClosed) this.#handlers.connected?.();
  }

  /** Goes on over this path, the first or a further one. */
  #attach(path: LinkPath): void {
    const isFirst = !this.isOpen;
    this.#path = path;
    this.pathInfo = undefined;
    this.stats.latency = -1;
    if (isFirst) {
      this.isOpen = true;
      if (path === this.#connection) this.isOurs = this.#connection.isOurs;
      this.#stream = new ReliableStream(this.isOurs);
    }
    this.#stream.attach(path);
    // It may have broken at once.
    if (path !== this.#path) return;
    if (isFirst) this.#handlers.open?.();
    // The session may have closed the link at once.
    if (!this.#isClosed) this.#heartbeat.start(path.isDirect);
  }

  #ping(ts: number): void {
    this.#stream.flush();
    this.#saidBefore = this.#stream.given;
    this.#sendControl({ t: "p", ts });
  }

  #silence(): void {
    this.isOpen = false;
    this.#isClosed = true;
    this.#heartbeat.stop();
    this.#options.platform.clearTimeout(this.#timer);
  }

  #received(data: string | ArrayBuffer, connection: Connection): void {
    if (connection === this.#path) this.#heartbeat.heard();
    const size = typeof data === "string" ? data.length : data.byteLength;
    this.stats.bytesRecv += size;
    const frames =
      size > MAX_FRAME_BYTES ? [undefined] : parseFrames(typeof data === "string" ? data : decoder.decode(data));
    this.#read(frames, size, connection);
  }

  #read(frames: readonly (Frame | undefined)[], size: number, path: LinkPath): void {
    this.#mailCharge = this.#charge = size;
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
        if (frame.t !== "y") this.stats.msgRecv++;
        if (this.#stream.ackDue) this.#sendControl({ t: "a", a: 0 });
    }
    const isMail = frame.t === "v" || frame.t === "w";
    const charge = isMail ? this.#mailCharge : this.#charge;
    if (isMail) this.#mailCharge = 0;
    else this.#charge = 0;
    this.#handlers.frame(frame, charge, size);
  }

  #control(frame: Extract<Frame, { t: "p" | "P" | "a" }>, path: LinkPath): void {
    if (frame.a !== undefined && !this.#stream.acknowledge(frame.a)) return this.#end("abuse");
    if (this.#drained && this.#stream.queued === 0) return this.#drained();
    // The answer takes the ping's way.
    if (frame.t === "p") return this.#sendControl({ t: "P", ts: frame.ts }, path);
    if (frame.t === "a" || path !== this.#path) return;
    const roundTrip = this.#heartbeat.answered(frame.ts);
    if (roundTrip === undefined) return;
    // On an ordered channel the answer comes after all that was said before the ping. What it lacks is lost for good, as
    // Chromium 156 does now and then to the first message of an answerer (1 of 150 bare channels).
    if (frame.a !== undefined && frame.a < this.#saidBefore) this.#stream.repeat();
    this.stats.latency = smoothLatency(this.stats.latency, roundTrip);
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
    const text = encodeFrame(this.isOurs ? { ...frame, a: this.#stream.received } : frame);
    // After what was said before: the roster comes before the first ping.
    this.#stream.flush();
    if (path?.sendControl(text)) this.#stream.acknowledged();
  }

  #connectionEnded(cause: LinkEnd): void {
    if (this.#isClosed) return;
    if (!this.#options.fallback) return this.#end(cause);
    this.#disconnect();
    if (!this.#isClosed) this.#handlers.disconnected?.(cause);
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
