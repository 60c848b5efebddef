import { keys } from "@clayground/protocol";
import type { FragmentFrame, ReceiptFrame } from "@clayground/protocol";
import { aborted, isNetworkError, NetworkError } from "../errors.ts";
import type { NetworkErrorCode } from "../errors.ts";
import type { Outgoing } from "../transport/reliable-stream.ts";
import { PACKET_SIZE } from "../transport/state-lane.ts";
import { Delivery } from "./delivery.ts";
import type { Link } from "./link.ts";
import { encodePayload, fits, isBulky, jsonOf, MAX_INLINE } from "./payload.ts";
import type { Payload } from "./payload.ts";
import type { SessionEvents, SessionOptions } from "./session.ts";
import { isStateKey, stateUpdate } from "./state-update.ts";
import type { SendOptions } from "./transfer-wire.ts";
import type { Transfers } from "./transfers.ts";

/** What fits into a message on every way, with room to spare for UTF-8, in UTF-16 units. */
const ALWAYS_INLINE = 16 * 1024;

/** How long last words may take, in milliseconds. */
const DRAIN_LIMIT = 1000;

const TO_ALL = ',"t":"m"';

/** Starts to wait until it has arrived. */
type Wait = () => Promise<unknown>;

/** The way to a node. */
export interface Way {
  readonly link: Link;
  /** The node, where its host passes on what is for it. */
  readonly to?: string;
}

/** What an outbox needs of its session. */
export interface OutboxOptions extends Pick<SessionOptions, "platform" | "settings"> {
  readonly events: Pick<SessionEvents, "message" | "progress" | "trouble">;
  /** The way to a node that is in. */
  wayTo(nodeId: string): Way | undefined;
  /** Whether a node reads JSON alone. */
  isPlain(nodeId: string): boolean;
}

/** What this node says, and how it gets to the others: in the ordered stream or, if it is long, as a transfer beside it. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #refused = new Set<string>();
  /** Long messages that did not arrive yet. */
  readonly #underWay = new Set<Promise<void>>();
  #transfers: Transfers | undefined;
  #loading: Promise<Transfers> | undefined;
  #isClosed = false;
  #stateSeq = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /**
   * Says something to everybody.
   *
   * @param links over which everybody hears what is said in the ordered stream
   */
  broadcast(data: unknown, links: readonly Link[], nodes: readonly string[], options: SendOptions): Delivery {
    const payload = this.#encoded(data);
    if (options.signal?.aborted) return new Delivery(() => Promise.reject(aborted(options.signal)));
    const isLong = isTransfer(payload, links);
    if (!isLong && !payload.bytes) {
      const waits = links.map((link) => this.#say({ link }, payload));
      return new Delivery(() => this.#all(waits));
    }
    const { isPlain, wayTo } = this.#options;
    const waits: Wait[] = [];
    const said = new Set<Link>();
    const say = (way: Way): void => {
      // Behind a host that is an existing app, all hear what that one hears.
      if (way.to === undefined && said.has(way.link)) return;
      said.add(way.link);
      waits.push(this.#say(way, payload));
    };
    for (const id of nodes) {
      const way = wayTo(id);
      if (!way || !(isLong || isPlain(id))) continue;
      if (!isPlain(id)) waits.push(this.#sendLong(id, payload, true, options));
      else if (isReadByAll(payload)) say(way);
      else waits.push(this.#refuse(id));
    }
    if (!isLong) for (const link of links) if (link.isOurs) say({ link });
    return new Delivery(() => this.#all(waits));
  }

  /** Says something to one node that is in. Throws `not-supported` when it reads no such thing. */
  sendTo(nodeId: string, data: unknown, options: SendOptions): Delivery {
    const payload = this.#encoded(data);
    if (options.signal?.aborted) return new Delivery(() => Promise.reject(aborted(options.signal)));
    const way = this.#options.wayTo(nodeId);
    if (!way) return new Delivery(() => reject("undelivered", nodeId));
    const isPlain = this.#options.isPlain(nodeId);
    if (isPlain && !isReadByAll(payload)) throw unreadable(nodeId);
    return new Delivery(
      isPlain || !isTransfer(payload, [way.link])
        ? this.#say(way, payload)
        : this.#sendLong(nodeId, payload, false, options),
    );
  }

  /** Makes a state update once, and shows it to each link. */
  showing(data: unknown, key: string | undefined): (link: Link) => void {
    if (key !== undefined && !isStateKey(key)) throw new NetworkError("invalid-option", "key", { name: "key" });
    const payload = encodePayload(data);
    const size = `${payload.size} bytes`;
    if (payload.size > PACKET_SIZE) this.#warn(new NetworkError("state-large", size), "");
    return stateUpdate(payload, ++this.#stateSeq, key);
  }

  /** What waits for a node or is not acknowledged, in bytes. */
  bufferedAmount(nodeId: string): number {
    return (this.#options.wayTo(nodeId)?.link.queued ?? 0) + (this.#transfers?.waitingFor(nodeId) ?? 0);
  }

  /**
   * A part of a transfer came, or a receipt of one.
   *
   * @param to a node in whose place the host takes it
   */
  received(from: string, frame: FragmentFrame | ReceiptFrame, to?: string): void {
    if (this.#transfers) this.#transfers.received(from, frame, to);
    // They stay in order: each waits for the same promise.
    else
      this.#load().then(
        (transfers) => transfers.received(from, frame, to),
        () => this.#post(from, { head: keys({ t: "k", id: frame.id, r: "no", from: to }) }),
      );
  }

  /** Loads what transfers need, before somebody needs it: a page may be offline by then. */
  prepare(): void {
    this.#load().catch(() => {});
  }

  /** A node is not in any more. */
  forget(nodeId: string): void {
    this.#refused.delete(nodeId);
    this.#transfers?.forget(nodeId);
  }

  /** Hears nothing more, lets long messages arrive, a second at the most, and calls back. */
  drain(done: () => void): void {
    this.#isClosed = true;
    if (this.#underWay.size === 0) return done();
    const { platform } = this.#options;
    let isDone = false;
    const finish = (): void => {
      platform.clearTimeout(timer);
      if (!isDone) done();
      isDone = true;
    };
    const timer = platform.setTimeout(finish, DRAIN_LIMIT);
    void Promise.allSettled(this.#underWay).then(finish);
  }

  /** Gives up what did not arrive. */
  close(nodes: readonly string[]): void {
    this.#isClosed = true;
    for (const id of nodes) this.forget(id);
  }

  #encoded(data: unknown): Payload {
    return encodePayload(data, this.#options.settings.maxMessageSize, true);
  }

  #say({ link, to }: Way, payload: Payload): Wait {
    const head = to === undefined ? TO_ALL : keys({ t: "m", to });
    const limit = this.#options.settings.maxQueue;
    const n = link.say(head, payload, limit);
    return n > 0 ? () => link.delivered(n) : () => reject(link.isOpen ? "queue-full" : "undelivered", link.id);
  }

  #sendLong(nodeId: string, payload: Payload, isToAll: boolean, options: SendOptions): Wait {
    const waiting = this.bufferedAmount(nodeId);
    if (waiting > 0 && waiting + payload.size > this.#options.settings.maxQueue) {
      this.#warn(new NetworkError("queue-full", nodeId, { nodeId }), nodeId);
      return () => reject("queue-full", nodeId);
    }
    const sent = this.#transfers
      ? this.#transfers.send(nodeId, payload, isToAll, options)
      : this.#load().then((transfers) =>
          // Everything may be over by now.
          this.#options.wayTo(nodeId) && !this.#isClosed
            ? transfers.send(nodeId, payload, isToAll, options)
            : reject("undelivered", nodeId),
        );
    this.#underWay.add(sent);
    // It may fail before anybody asks.
    const over = (): void => void this.#underWay.delete(sent);
    sent.then(over, over);
    return () => sent;
  }

  #refuse(nodeId: string): Wait {
    const error = unreadable(nodeId);
    this.#warn(error, nodeId);
    return () => Promise.reject(error);
  }

  /** Once for each node: who does not wait would not hear of it. */
  #warn(error: NetworkError, nodeId: string): void {
    if (this.#refused.has(nodeId)) return;
    this.#refused.add(nodeId);
    this.#options.events.trouble(error);
  }

  async #all(waits: readonly Wait[]): Promise<void> {
    await Promise.all(waits.map((wait) => wait().catch((error: unknown) => this.#excuse(error))));
  }

  /** Who left meanwhile needs nothing any more. */
  #excuse(error: unknown): void {
    if (this.#isClosed || !isNetworkError(error) || error.code !== "undelivered") throw error;
  }

  #post(nodeId: string, frame: Outgoing): void {
    const way = this.#options.wayTo(nodeId);
    way?.link.post({ ...frame, head: frame.head + keys({ to: way.to }) });
  }

  #load(): Promise<Transfers> {
    const { platform, settings, events, wayTo } = this.#options;
    return (this.#loading ??= import("./transfers.ts").then(({ Transfers: Made }) => {
      this.#transfers = new Made({
        platform,
        get maxMessageSize() {
          return settings.maxMessageSize;
        },
        post: (nodeId, frame) => this.#post(nodeId, frame),
        maxMessage: (nodeId) => wayTo(nodeId)?.link.maxMessage ?? 0,
        isPassedOn: (nodeId) => wayTo(nodeId)?.to !== undefined,
        message: (from, data, to) => {
          if (!this.#isClosed) events.message(from, data, to);
        },
        progress: (from, progress) => {
          if (!this.#isClosed) events.progress(from, progress);
        },
      });
      return this.#transfers;
    }));
  }
}

/** Whether it is too long for the ordered stream, where others wait behind it, or has to be read first. */
function isTransfer(payload: Payload, links: readonly Link[]): boolean {
  const { size, bytes } = payload;
  if (size <= ALWAYS_INLINE && !bytes) return false;
  return isBulky(payload, Math.min(MAX_INLINE, ...links.map(({ maxMessage }) => maxMessage / 4)));
}

/** Whether existing apps can read it. */
function isReadByAll(payload: Payload): boolean {
  return !payload.bytes && fits(jsonOf(payload));
}

function unreadable(nodeId: string): NetworkError {
  return new NetworkError("not-supported", `bytes, or over 256 KiB, for ${nodeId}`, { nodeId });
}

function reject(code: NetworkErrorCode, nodeId: string): Promise<never> {
  return Promise.reject(new NetworkError(code, nodeId, { nodeId }));
}
