import type { Packet } from "@clayground/protocol";
import type { Platform, TimerHandle } from "../platform/platform.ts";
import { TokenBucket } from "../util/token-bucket.ts";
import type { LinkPath } from "./link-path.ts";
import type { Link } from "./link.ts";
import { mailFrame } from "./mail-frame.ts";
import { HEAD_SIZE } from "./payload.ts";

/**
 * Mail that a node sends: a quarter less than the host lets pass (SPEC.md, F21), so that none is dropped there even when the
 * network holds some back for a moment. In the long run 1.5 MB/s.
 */
const MAIL_PER_SECOND = 3000;
const MAIL_AT_ONCE = 4000;

/** A long frame costs once more for each of so many UTF-16 units. */
const COST_UNIT = 512;

/** What may wait in the link to the host, in UTF-16 units: as much as a data channel takes. */
const MAX_WAITING = 1024 * 1024;

/** What one link may have on its way unacknowledged, in UTF-16 units: signaling waits behind it, also where the receiver is slow. */
const WINDOW = 128 * 1024;

/** Pings, their answers and acknowledgments of one link, which go on while the rest waits: many more than an honest one needs. */
const CONTROLS_PER_SECOND = 50;
const CONTROLS_AT_ONCE = 100;

/** How long a full route rests, in milliseconds. */
const REST = 50;

/** The way through the host to all other joiners: paced, so that the host never has to drop anything. */
export class HostRoute {
  readonly #platform: Platform;
  readonly #host: Link;
  readonly #writable: () => void;
  readonly #budget: TokenBucket;
  #timer: TimerHandle;

  /** @param writable called when there is room again */
  constructor(platform: Platform, host: Link, writable: () => void) {
    this.#platform = platform;
    this.#host = host;
    this.#writable = writable;
    this.#budget = new TokenBucket(MAIL_PER_SECOND, MAIL_AT_ONCE, platform.now());
  }

  /** The path of the link to this node. */
  pathTo(id: string): LinkPath {
    const host = this.#host;
    const mail = (packet: Packet): void => host.send(mailFrame("v", packet, { to: id }));
    const controls = new TokenBucket(CONTROLS_PER_SECOND, CONTROLS_AT_ONCE, this.#platform.now());
    return {
      isDirect: false,
      window: WINDOW,
      get maxMessage() {
        return host.maxMessage - HEAD_SIZE;
      },
      sendReliable: (packet) => {
        mail(packet);
        this.#spend(packet);
        return this.#hasRoom() || this.#rest();
      },
      sendControl: (text) => {
        // Who floods us with pings shall not make us flood the host.
        if (!controls.take(this.#platform.now())) return false;
        mail({ text });
        return true;
      },
      sendState: (packet) => {
        if (this.#left <= 0) return false;
        this.#spend(packet);
        return host.states.pass(mailFrame("w", packet, { to: id }));
      },
      get hasStateChannel() {
        return host.states.channel === "unreliable";
      },
      get stateBacklog() {
        return host.states.backlog;
      },
      info: () => Promise.resolve(undefined),
    };
  }

  close(): void {
    this.#platform.clearTimeout(this.#timer);
  }

  get #left(): number {
    return this.#budget.spend(this.#platform.now(), 0);
  }

  #spend({ text, bytes }: Packet): void {
    this.#budget.spend(this.#platform.now(), 1 + (text.length + (bytes?.length ?? 0)) / COST_UNIT);
  }

  #hasRoom(): boolean {
    return this.#left > 0 && this.#host.queued < MAX_WAITING;
  }

  /** Nothing more for now. */
  #rest(): false {
    this.#platform.clearTimeout(this.#timer);
    this.#timer = this.#platform.setTimeout(() => (this.#hasRoom() ? this.#writable() : this.#rest()), REST);
    return false;
  }
}
