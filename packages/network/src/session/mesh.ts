import type { MailFrame } from "@clayground/protocol";
import { NetworkError } from "../errors.ts";
import { TokenBucket } from "../util/token-bucket.ts";
import { HostRoute } from "./host-route.ts";
import type { SessionFrame } from "./link-contract.ts";
import type { Link } from "./link.ts";
import { Pair } from "./pair.ts";
import type { SessionEvents, SessionOptions } from "./session.ts";

/** Nodes that are connected to at the most: twice what a network has. Further ones, which only a hostile host names, stay behind the host. */
const MAX_PAIRS = 16;

/** How long what was said last may take to arrive, in milliseconds. */
const DRAIN_LIMIT = 1000;

/** Connections that are tried a second in the long run, and at once, whoever wants them: a full network that breaks needs 7 at once. */
const TRIES_PER_SECOND = 4;
const TRIES_AT_ONCE = 64;

/** What a mesh tells its session. */
export interface MeshHandlers extends Pick<SessionEvents, "measured" | "diagnostic" | "trouble"> {
  /** Another joiner said something. */
  frame(from: string, frame: SessionFrame, link: Link): void;
  /** Nothing more passes between this node and that one. */
  gone(id: string): void;
}

/** A joiner's links to the other joiners of a mesh: direct where they can be, else by way of the host. */
export class Mesh {
  readonly #options: SessionOptions;
  readonly #handlers: MeshHandlers;
  readonly #selfId: string;
  readonly #route: HostRoute;
  readonly #pairs = new Map<string, Pair>();
  readonly #tries: TokenBucket;
  /** While it is left: a node has all that was said to it, or is gone. */
  #drained: (id: string) => void = () => {};
  #isLeaving = false;
  #isClosed = false;

  /** @param host the link to the host */
  constructor(options: SessionOptions, selfId: string, host: Link, handlers: MeshHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#selfId = selfId;
    this.#tries = new TokenBucket(TRIES_PER_SECOND, TRIES_AT_ONCE, options.platform.now());
    this.#route = new HostRoute(options.platform, host, () => {
      for (const { link } of this.#pairs.values()) link.writable();
    });
  }

  get links(): readonly Link[] {
    return [...this.#pairs.values()].map(({ link }) => link);
  }

  linkTo(id: string): Link | undefined {
    return this.#pairs.get(id)?.link;
  }

  /**
   * Another node is in the mesh.
   *
   * @param dials whether this node came later, and so connects
   */
  add(id: string, dials: boolean): void {
    if (this.#isLeaving || this.#pairs.size >= MAX_PAIRS || this.#pairs.has(id)) return;
    const { platform, iceServers } = this.#options;
    const handlers = this.#handlers;
    const viaHost = this.#route.pathTo(id);
    const pair = new Pair(
      { platform, iceServers, selfId: this.#selfId, remoteId: id, dials, viaHost, tries: this.#tries },
      {
        note: (phase, detail) => handlers.diagnostic(phase, () => `${id}: ${detail()}`),
        frame: (frame) => this.#framed(id, frame),
        full: () => handlers.trouble(new NetworkError("queue-full", id, { nodeId: id })),
        ended: (reason) => {
          this.#drained(id);
          handlers.gone(id);
          handlers.trouble(new NetworkError("connection-failed", id, { nodeId: id, reason }));
        },
        measured: () => handlers.measured(),
      },
    );
    // Its first ping may have been too much for the link to the host, and ended everything.
    if (this.#isClosed) pair.close();
    else this.#pairs.set(id, pair);
  }

  /** A node is not in any more: nothing more comes from it. */
  remove(id: string): void {
    this.#pairs.get(id)?.close();
    this.#pairs.delete(id);
    this.#drained(id);
  }

  /** The host passed something on. */
  mailed(mail: MailFrame & { readonly size: number }): void {
    this.#pairs.get(mail.from ?? "")?.mailed(mail, mail.size);
  }

  /** Lets what was said arrive, a second at the most, closes everything and calls back. */
  drain(done: () => void): void {
    this.#isLeaving = true;
    const { platform } = this.#options;
    const finish = (): void => {
      platform.clearTimeout(timer);
      this.close();
      done();
    };
    const timer = platform.setTimeout(finish, DRAIN_LIMIT);
    const busy = new Set(this.#pairs.keys());
    this.#drained = (id) => {
      busy.delete(id);
      if (busy.size === 0) finish();
    };
    if (busy.size === 0) return finish();
    for (const [id, pair] of this.#pairs)
      pair.drain(() => {
        pair.close();
        this.#drained(id);
      });
  }

  /** Hands what is not acknowledged to the host, as much as it takes at once, and closes everything. */
  leave(): void {
    this.#isLeaving = true;
    for (const pair of this.#pairs.values()) pair.leave();
    this.close();
  }

  close(): void {
    this.#isLeaving = this.#isClosed = true;
    this.#route.close();
    for (const pair of this.#pairs.values()) pair.close();
  }

  #framed(id: string, frame: SessionFrame): void {
    const link = this.linkTo(id);
    if (frame.t === "g") this.#pairs.get(id)?.signaled(frame);
    // Who is in is the host's to say.
    else if (/[msfk]/.test(frame.t) && link) this.#handlers.frame(id, frame, link);
  }
}
