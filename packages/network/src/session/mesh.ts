import type { MailFrame, MessageFrame, StateFrame } from "@clayground/protocol";
import { NetworkError } from "../errors.ts";
import { HostRoute } from "./host-route.ts";
import type { Link, SessionFrame } from "./link.ts";
import { Pair } from "./pair.ts";
import type { SessionEvents, SessionOptions } from "./session.ts";

/** Nodes that are connected to at the most: twice what a network has. Further ones, which only a hostile host names, stay behind the host. */
const MAX_PAIRS = 16;

/** What a mesh tells its session. Nothing is called any more once `leave()` was. */
export interface MeshHandlers extends Pick<SessionEvents, "measured" | "diagnostic" | "trouble"> {
  /** Another joiner said something. */
  frame(from: string, frame: MessageFrame | StateFrame): void;
}

/** A joiner's links to the other joiners of a mesh: direct where they can be, else by way of the host. */
export class Mesh {
  readonly #options: SessionOptions;
  readonly #handlers: MeshHandlers;
  readonly #selfId: string;
  readonly #route: HostRoute;
  readonly #pairs = new Map<string, Pair>();

  /** @param host the link to the host */
  constructor(options: SessionOptions, selfId: string, host: Link, handlers: MeshHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#selfId = selfId;
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
    if (this.#pairs.size >= MAX_PAIRS || this.#pairs.has(id)) return;
    const { platform, iceServers } = this.#options;
    const handlers = this.#handlers;
    const viaHost = this.#route.pathTo(id);
    const pair = new Pair(
      { platform, iceServers, selfId: this.#selfId, remoteId: id, dials, viaHost },
      {
        note: (phase, detail) => handlers.diagnostic(phase, () => `${id}: ${detail()}`),
        frame: (frame) => this.#framed(id, frame),
        ended: (reason) => handlers.trouble(new NetworkError("connection-failed", id, { nodeId: id, reason })),
        measured: () => handlers.measured(),
      },
    );
    this.#pairs.set(id, pair);
  }

  /** A node is not in any more: nothing more comes from it. */
  remove(id: string): void {
    this.#pairs.get(id)?.close();
    this.#pairs.delete(id);
  }

  /** The host passed something on. */
  mailed(mail: MailFrame, size: number): void {
    this.#pairs.get(mail.from ?? "")?.mailed(mail, size);
  }

  /** Hands what is not acknowledged to the host, which passes it on before it tells that this node has left, and closes everything. */
  leave(): void {
    this.#route.isLeaving = true;
    for (const pair of this.#pairs.values()) pair.leave();
    this.#route.close();
  }

  #framed(id: string, frame: SessionFrame): void {
    if (frame.t === "g") this.#pairs.get(id)?.signaled(frame);
    else if (frame.t === "m" || frame.t === "s") this.#handlers.frame(id, frame);
    // Who is in is the host's to say.
  }
}
