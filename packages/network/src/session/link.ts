import { encodeFrame, parseFrames } from "@clayground/protocol";
import type { NegotiationSignal, Packet, PingFrame, SizedFrame } from "@clayground/protocol";
import type { TimerHandle } from "../platform/platform.ts";
import { Heartbeat } from "../transport/heartbeat.ts";
import type { PathInfo } from "../transport/path-info.ts";
import { ReliableStream } from "../transport/reliable-stream.ts";
import type { Outgoing } from "../transport/reliable-stream.ts";
import { Connection } from "./connection.ts";
import type { LinkEnd } from "./connection.ts";
import { Deliveries } from "./deliveries.ts";
import type { LinkHandlers, LinkOptions } from "./link-contract.ts";
import type { LinkPath } from "./link-path.ts";
import { Pace, pacedBy } from "./pace.ts";
import { jsonOf, toFrame } from "./payload.ts";
import type { Payload } from "./payload.ts";
import { LinkMeter } from "./link-meter.ts";
import { LinkStates } from "./link-states.ts";
import type { LinkStats } from "./link-stats.ts";

const BYE = ',"t":"y","sys":"bye"';

/** Broken frames before a node is dropped: a bug shows in the first few, an attack goes on. */
const MAX_BROKEN_FRAMES = 100;

/** While a link drains: how often to ask for an acknowledgment, at the most, and how long a connection may take, in milliseconds. */
const DRAIN_TICK = 50;
const CONNECTION_FIRST = 300;

/**
 * All that passes between this node and another one, whatever carries it: what must arrive goes into one numbered stream,
 * which outlives its path. A path is a connection of these two or, where there is a fallback, the way through the host.
 */
export class Link {
  readonly id: string;
  readonly states: LinkStates;
  isOpen = false;
  /** Whether the other side announced that it is a node of this library. */
  isOurs: boolean;
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  readonly #heartbeat: Heartbeat;
  readonly #meter: LinkMeter;
  #connection: Connection | undefined;
  /** What carries it now. */
  #path: LinkPath | undefined;
  #stream: ReliableStream;
  readonly #deliveries: Deliveries;
  #isClosed = false;
  #broken = 0;
  #saidBefore = 0;
  #drained: (() => void) | undefined;
  readonly #pace: Pace | undefined;
  #timer: TimerHandle;

  constructor(options: LinkOptions, handlers: LinkHandlers) {
    const { platform, remoteId, fallback, isPaced } = options;
    this.id = remoteId;
    this.isOurs = !!fallback;
    this.#options = options;
    this.#handlers = handlers;
    this.#meter = new LinkMeter(handlers);
    this.#heartbeat = new Heartbeat(
      platform,
      (ts) => this.#ping(ts),
      () => this.#connectionEnded("silent"),
    );
    this.#stream = new ReliableStream(this.isOurs);
    this.states = new LinkStates(platform, this.stats);
    this.#deliveries = new Deliveries(remoteId, () => this.#sendControl({ t: "p", ts: null }));
    if (isPaced) this.#pace = new Pace(platform, isPaced, () => this.#refill(false));
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
        open: () => {
          this.#attach(connection);
          if (connection === this.#path && !this.#isClosed) this.#handlers.connected?.();
        },
        packet: (packet, size) => {
          if (connection === this.#path) this.#heartbeat.heard();
          this.#read(packet, size, connection);
        },
        writable: (isState) => {
          if (connection === this.#path) this.#refill(isState);
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

  get stats(): LinkStats {
    return this.#meter.stats;
  }

  /** Which candidates carry it, as soon as that is known. */
  get pathInfo(): PathInfo | undefined {
    return this.#meter.pathInfo;
  }

  /** The longest message that passes, in bytes. */
  get maxMessage(): number {
    return this.#path?.maxMessage ?? Infinity;
  }

  /** Frames that wait or are not yet acknowledged, in UTF-16 units and bytes. */
  get queued(): number {
    return this.#stream.queued;
  }

  /** Sends a frame that must arrive, such as what is passed on: who does not take it is too slow for this network. */
  send(frame: Outgoing): void {
    if (!this.isOpen) return;
    if (this.#meter.queued(this.#stream.push(frame), frame.text?.length ?? 0)) return;
    if (!this.#options.fallback) this.#end("slow");
  }

  /** Sends a part of a transfer, or a receipt. */
  post(frame: Outgoing): void {
    if (this.isOpen) this.#meter.queued(this.#stream.push(frame, "transfer"), frame.bytes?.length ?? 0);
  }

  /**
   * Sends a message of this node. Returns what `delivered` takes, or 0: it was not taken.
   *
   * @param head the frame's
   * @param limit of what may wait, in bytes
   */
  say(head: string, payload: Payload, limit: number): number {
    if (!this.isOpen) return 0;
    const { bytes, json, names, size } = payload;
    if (bytes) return this.#meter.queued(this.#stream.push(toFrame(head, payload), "own", limit), size);
    const n = this.isOurs ? this.#stream.say(head, json, limit, names) : this.#stream.say(head, jsonOf(payload), limit);
    return this.#meter.queued(n, size);
  }

  /** Resolves when the other side has it; rejects with `undelivered` when the link ends before. */
  delivered(n: number): Promise<void> {
    return this.#deliveries.wait(n, this.isOurs ? this.#stream.acknowledgedUpTo : n, this.isOpen);
  }

  /** The fallback has room again. */
  writable(): void {
    if (!this.#path?.isDirect) this.#refill(false);
  }

  /** What came through the fallback. */
  mailed(packet: Packet, size: number): void {
    if (this.#options.fallback) this.#read(packet, size, this.#options.fallback);
  }

  /** Closes at once, for good. */
  close(): void {
    this.#silence();
    // Not when it leaves: what it said before may still be resting.
    this.#pace?.stop();
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
      this.#stream.push({ head: BYE });
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

  /** Goes on over this path, the first or a further one. */
  #attach(path: LinkPath): void {
    const isFirst = !this.isOpen;
    this.#path = path;
    this.#meter.restart(path);
    if (isFirst) {
      this.isOpen = true;
      if (path === this.#connection) this.isOurs = this.#connection.isOurs;
      this.#stream = new ReliableStream(this.isOurs);
    }
    this.#stream.attach(this.#pace ? pacedBy(this.#pace, path) : path);
    this.states.start(path, this.isOurs);
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
    this.#meter.restart(undefined);
    this.states.stop();
    this.#deliveries.end();
    this.#options.platform.clearTimeout(this.#timer);
  }

  #refill(isState: boolean): void {
    if (!isState && this.#pace?.spend(0) !== false) this.#stream.writable();
    this.states.pump();
  }

  #read(packet: Packet, size: number, path: LinkPath): void {
    this.stats.bytesRecv += size;
    for (const frame of parseFrames(packet)) {
      // While this side leaves, only the other's own good-bye counts.
      if (this.#isClosed) {
        if (frame?.t === "y" && frame.sys === "bye") this.close();
      } else if (frame) this.#dispatch(frame, path);
      else this.broken();
    }
    if (!this.#stream.ackDue) return;
    queueMicrotask(() => {
      // With what is said now in answer, if there is something.
      this.#stream.flush();
      if (this.#stream.ackDue && !this.#isClosed) this.#sendControl({ t: "a", a: 0 });
    });
  }

  /** Something came that breaks the protocol. */
  broken(): void {
    if (++this.#broken > MAX_BROKEN_FRAMES) this.#end("abuse");
  }

  #dispatch(frame: SizedFrame, path: LinkPath): void {
    switch (frame.t) {
      case "p":
      case "P":
      case "a":
        return this.#control(frame, path);
      case "e":
        return this.states.paced(frame);
      case "s":
        this.stats.stateRecv++;
        break;
      case "m":
      case "y":
      case "v":
      case "f":
      case "k":
        if (!this.#stream.accept(frame.n, frame.size)) return;
        if (frame.t === "m") this.stats.msgRecv += frame.body.count;
    }
    this.#handlers.frame(frame);
  }

  #control(frame: Extract<SizedFrame, { t: "p" | "P" | "a" }>, path: LinkPath): void {
    if (frame.a !== undefined && !this.#stream.acknowledge(frame.a)) return this.#end("abuse");
    this.#deliveries.acknowledged(this.#stream.acknowledgedUpTo, frame.t === "P" && frame.ts === null);
    if (this.#drained && this.#stream.queued === 0) return this.#drained();
    // The answer takes the ping's way.
    if (frame.t === "p") return this.#sendControl({ t: "P", ts: frame.ts }, path);
    if (frame.t === "a" || path !== this.#path) return;
    const roundTrip = this.#heartbeat.answered(frame.ts);
    if (roundTrip === undefined) return;
    // On an ordered channel the answer comes after all that was said before the ping. What it lacks is lost for good, as
    // Chromium 156 does now and then to the first message of an answerer (1 of 150 bare channels).
    if (frame.a !== undefined && frame.a < this.#saidBefore) this.#stream.repeat();
    this.#meter.answered(roundTrip);
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
