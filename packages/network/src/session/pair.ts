import { encodeFrame } from "@clayground/protocol";
import type { MailFrame, SignalFrame } from "@clayground/protocol";
import type { IceServer, Platform, TimerHandle } from "../platform/platform.ts";
import { frameCost } from "../transport/reliable-stream.ts";
import { backoff } from "../util/backoff.ts";
import { TokenBucket } from "../util/token-bucket.ts";
import type { Connection, LinkEnd } from "./connection.ts";
import type { LinkPath } from "./link-path.ts";
import { Link } from "./link.ts";
import type { LinkHandlers, SessionFrame } from "./link-contract.ts";

/**
 * How long a try to connect may take, in milliseconds. The first one is short, for Chromium and Firefox on one LAN: they learn each
 * other's `.local` names too late in 2 to 30 % of first tries. ICE itself gives up after 5 to 30 s.
 */
const FIRST_TRY_LIMIT = 5000;
const TRY_LIMIT = 10_000;

/** The pause after a try that failed, and the longest one, in milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/** A connection that lived shorter than this counts as a try that failed, in milliseconds. */
const LASTING = 10_000;

/** Offers that are answered a second in the long run, and at once: a node that redials as it should needs fewer. */
const OFFERS_PER_SECOND = 0.5;
const OFFERS_AT_ONCE = 4;

/** Frames that the other side may send, as the host allows a joiner (F15); at once as many as wait while a path breaks. */
const FRAMES_PER_SECOND = 4000;
const FRAMES_AT_ONCE = 20_000;

/** Messages count, however many come in one frame. */
function costOf(frame: SessionFrame): number {
  return frame.t === "m" ? frameCost(frame.body.count, 0) : 1;
}

/** What a pair is made from. */
export interface PairOptions {
  readonly platform: Platform;
  readonly iceServers: IceServer[];
  readonly selfId: string;
  readonly remoteId: string;
  /** Whether this side dials: the one who came later. */
  readonly dials: boolean;
  /** The way through the host. */
  readonly viaHost: LinkPath;
  /** Tries to connect of all pairs together. */
  readonly tries: TokenBucket;
}

/** What a pair tells its mesh. Nothing is called any more once `close()` was. */
export interface PairHandlers extends Pick<LinkHandlers, "note" | "frame" | "ended" | "measured"> {
  full(): void;
}

/** This node and another joiner of a mesh: one link, by way of the host until they are connected, and whenever they are not. */
export class Pair {
  readonly link: Link;
  readonly #options: PairOptions;
  readonly #handlers: PairHandlers;
  readonly #offers: TokenBucket;
  readonly #budget: TokenBucket;
  #connection: Connection | undefined;
  #connectionId = "";
  #tries = 0;
  /** Tries in vain since a connection lasted. */
  #failures = 0;
  #openSince: number | undefined;
  #isOver = false;
  #timer: TimerHandle;

  constructor(options: PairOptions, handlers: PairHandlers) {
    const { platform, iceServers, remoteId, viaHost, dials } = options;
    this.#options = options;
    this.#handlers = handlers;
    this.#offers = new TokenBucket(OFFERS_PER_SECOND, OFFERS_AT_ONCE, platform.now());
    this.#budget = new TokenBucket(FRAMES_PER_SECOND, FRAMES_AT_ONCE, platform.now());
    this.link = new Link(
      { platform, iceServers, remoteId, fallback: viaHost },
      {
        ...handlers,
        frame: (frame) => {
          if (this.#budget.take(platform.now(), costOf(frame))) handlers.frame(frame);
          else this.link.dropForAbuse();
        },
        connected: () => {
          this.#openSince = platform.now();
          this.#pathChanged("direct");
        },
        disconnected: (cause) => this.#disconnected(cause),
        ended: (cause) => {
          this.close();
          handlers.ended(cause);
        },
      },
    );
    // Not at once: the application hears first that it is in. A browser takes some ms to make a connection.
    if (dials) this.#dialIn(0);
  }

  /** What the host passed on. */
  mailed({ mail }: MailFrame, size: number): void {
    this.link.mailed(mail, size);
  }

  /** The other side's signaling. */
  signaled(signal: SignalFrame): void {
    const { dials, platform } = this.#options;
    const { connectionId } = signal.payload;
    if (this.#isOver) return;
    if (signal.type === "OFFER") {
      // Who came later dials: there is no glare.
      if (dials || !this.#offers.take(platform.now())) return;
      this.#connect(connectionId);
      void this.#connection?.answer(signal.payload, TRY_LIMIT);
    } else if (connectionId === this.#connectionId) {
      if (signal.type === "CANDIDATE") this.#connection?.addCandidate(signal.payload);
      else if (dials) void this.#connection?.answered(signal.payload);
    }
  }

  /** Says what is left to say, dials no more, and calls back when the other side has it. */
  drain(done: () => void): void {
    this.#isOver = true;
    this.#options.platform.clearTimeout(this.#timer);
    this.link.drain(done);
  }

  /** Hands what is left to say to the host, at once, and closes. */
  leave(): void {
    this.link.leave();
    this.close();
  }

  close(): void {
    this.#isOver = true;
    this.#options.platform.clearTimeout(this.#timer);
    this.link.close();
  }

  #dial(): void {
    const { selfId, remoteId } = this.#options;
    this.#connect(`${selfId}_${remoteId}_${++this.#tries}`);
    void this.#connection?.dial(this.#tries === 1 ? FIRST_TRY_LIMIT : TRY_LIMIT, true);
  }

  #connect(connectionId: string): void {
    if (!this.#options.tries.take(this.#options.platform.now())) return this.#tryLater();
    const wasOpen = this.#openSince !== undefined;
    this.#connectionId = connectionId;
    this.#connection = this.#openSince = undefined;
    try {
      this.#connection = this.link.connect(connectionId, (signal) =>
        this.#options.viaHost.sendReliable({ text: encodeFrame({ t: "g", ...signal }) }, 0),
      );
    } catch {
      // Too many connections, perhaps: the way through the host remains, and a later try may find room.
      this.#disconnected("failed");
    }
    if (wasOpen) this.#pathChanged("via host: dialed again");
  }

  #disconnected(cause: LinkEnd): void {
    const { platform, dials } = this.#options;
    const livedFor = platform.now() - (this.#openSince ?? Infinity);
    if (this.#openSince !== undefined) this.#pathChanged(`via host: ${cause}`);
    this.#connection = this.#openSince = undefined;
    if (livedFor < LASTING) return this.#tryLater();
    this.#failures = 0;
    if (dials) this.#dialIn(0);
  }

  #tryLater(): void {
    const { platform, dials } = this.#options;
    const random = platform.randomBytes(1)[0]! / 255;
    if (dials) this.#dialIn(backoff(this.#failures++, random, FIRST_PAUSE, LONGEST_PAUSE));
  }

  #dialIn(ms: number): void {
    const { platform } = this.#options;
    platform.clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = platform.setTimeout(() => this.#dial(), ms);
  }

  #pathChanged(words: string): void {
    this.#handlers.note("datachannel", () => words);
    this.#handlers.measured();
  }
}
