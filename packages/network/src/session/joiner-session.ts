import { LAN_HOST_ID, MAX_ROSTER_LENGTH, readBody } from "@clayground/protocol";
import type { AnswerPayload, RosterFrame, ServerSignal } from "@clayground/protocol";
import { NetworkError } from "../errors.ts";
import type { NetworkErrorCode } from "../errors.ts";
import { PeerServerSignaling } from "../signaling/peer-server-signaling.ts";
import type { Signaling } from "../signaling/signaling.ts";
import { toHex } from "../util/hex.ts";
import type { Connection, LinkEnd } from "./connection.ts";
import type { Delivery } from "./delivery.ts";
import { Link } from "./link.ts";
import type { SessionFrame } from "./link-contract.ts";
import type { Mesh, MeshHandlers } from "./mesh.ts";
import { Outbox } from "./outbox.ts";
import type { Way } from "./outbox.ts";
import { NO_NODES, NOBODY } from "./session.ts";
import type { Session, SessionEvents, SessionOptions } from "./session.ts";
import { StateTracker } from "./state-tracker.ts";
import type { SendOptions } from "./transfer-wire.ts";

/**
 * A connection that is not open this long after the host's answer is tried anew, once, in milliseconds. Chromium
 * and Firefox on one LAN without STUN find each other's `.local` names too late in 2 to 30 % of first tries.
 */
const REDIAL_AFTER = 4000;

/** A joiner: its link to the host, over which all others are reached; in a mesh also its links to them. */
export class JoinerSession implements Session {
  readonly nodeId: string;
  readonly networkId: string;
  readonly hostId: string;
  nodes: readonly string[] = NO_NODES;
  readonly states: StateTracker = new StateTracker();
  readonly #options: SessionOptions;
  #events: SessionEvents;
  #link!: Link;
  #connection: Connection | undefined;
  #mesh: Mesh | undefined;
  #makeMesh: ((host: Link, handlers: MeshHandlers) => Mesh) | undefined;
  readonly #signaling: Signaling;
  readonly #outbox: Outbox;
  /** Those that read JSON alone, the host's word. */
  readonly #plain = new Set<string>();
  /** Whether the attempt succeeded. */
  #isIn = false;
  #isAnswered = false;
  #hasRedialed = false;

  /** Throws `webrtc-unavailable`. */
  constructor(networkId: string, options: SessionOptions, events: SessionEvents) {
    const { platform, signalingUrl: url, lanCode } = options;
    this.networkId = networkId;
    this.hostId = lanCode ? LAN_HOST_ID : networkId;
    this.#options = options;
    this.#events = events;
    // PeerServer's ids are letters and digits; the first letter keeps it apart from a code.
    this.nodeId = `c${toHex(platform.randomBytes(8))}`;
    this.#outbox = new Outbox({
      ...{ platform, settings: options.settings, events, wayTo: (id) => this.#wayTo(id) },
      isPlain: (id) => !this.#link.isOurs || this.#plain.has(id),
    });
    events.phase("signaling");
    // First of all, because it takes longest; the offer is made while it opens, and kept until then.
    this.#signaling = new PeerServerSignaling(
      platform,
      { url, id: this.nodeId },
      {
        taken: () => this.#fail("signaling-refused", url),
        failed: (error) => events.ended(options.explain?.(error) ?? error),
        signal: (signal) => this.#signaled(signal),
      },
    );
    try {
      this.#dial();
    } catch (error) {
      this.#signaling.close();
      throw error;
    }
  }

  get links(): readonly Link[] {
    return this.#isIn ? [this.#link, ...(this.#mesh?.links ?? [])] : [];
  }

  broadcast(data: unknown, options: SendOptions): Delivery {
    return this.#outbox.broadcast(data, this.links, this.nodes, options);
  }

  broadcastState(data: unknown, key?: string): void {
    const show = this.#outbox.showing(data, key);
    for (const link of this.links) show(link);
  }

  sendTo(nodeId: string, data: unknown, options: SendOptions): Delivery {
    // An existing app as host knows no single receivers: it would show the message to everybody.
    if (!this.#link.isOurs && nodeId !== this.hostId)
      throw new NetworkError("not-supported", "sendTo through this host", { nodeId });
    return this.#outbox.sendTo(nodeId, data, options);
  }

  bufferedAmount(nodeId: string): number {
    return this.#outbox.bufferedAmount(nodeId);
  }

  #wayTo(nodeId: string): Way | undefined {
    const direct = this.#mesh?.linkTo(nodeId);
    if (direct) return direct.isOpen ? { link: direct } : undefined;
    const link = this.#link;
    if (!link.isOpen) return undefined;
    return link.isOurs ? { link, to: nodeId } : { link };
  }

  close(isExit: boolean): void {
    this.#events = NOBODY;
    this.#connection = undefined;
    this.#signaling.close();
    if (!this.#link.isOpen || isExit) return this.#leaveNow();
    const forget = this.#options.platform.onExit(() => this.#leaveNow());
    // Before the good-bye to the host, who tells the others.
    this.#outbox.drain(() => {
      this.#outbox.close(this.nodes);
      const end = (): void => (forget(), this.#link.leave());
      if (this.#mesh) this.#mesh.drain(end);
      else end();
    });
  }

  #leaveNow(): void {
    this.#outbox.close(this.nodes);
    this.#mesh?.leave();
    this.#link.leave();
  }

  /** Tells the answer to this dial from a late one to the dial before. */
  get #connectionId(): string {
    return `${this.nodeId}_${this.hostId}${this.#hasRedialed ? "_2" : ""}`;
  }

  /** Throws `webrtc-unavailable`. */
  #dial(): void {
    const { platform, iceServers } = this.#options;
    this.#link = new Link(
      { platform, iceServers, remoteId: this.hostId, isPaced: () => this.nodes.length > 1 },
      {
        connecting: (phase) => this.#events.phase(phase),
        note: (phase, detail) => this.#events.diagnostic(phase, detail),
        open: () => this.#opened(),
        frame: (frame) => this.#framed(frame),
        full: () => this.#events.trouble(new NetworkError("queue-full", this.hostId, { nodeId: this.hostId })),
        ended: (cause) => this.#linkEnded(cause),
        measured: () => this.#events.measured(),
      },
    );
    this.#connection = this.#link.connect(this.#connectionId, (signal) =>
      this.#signaling.send({ ...signal, dst: this.hostId }),
    );
    void this.#connection.dial();
  }

  /** Dials once more, with a new connection. Names of browsers' candidates, unknown at first, are known by now. */
  #dialAgain(): void {
    this.#events.diagnostic("ice", () => "dialing again");
    this.#hasRedialed = true;
    this.#isAnswered = false;
    this.#link.close();
    try {
      this.#dial();
    } catch (error) {
      this.#events.ended(error as NetworkError);
    }
  }

  #signaled(signal: ServerSignal): void {
    // Answers and candidates count from the host alone, and only before this node is in; later, nobody's word ends a network.
    if (this.#isIn || ("src" in signal && signal.src !== this.hostId)) return;
    switch (signal.type) {
      case "ANSWER":
        return this.#answered(signal.payload);
      case "CANDIDATE":
        return this.#connection?.addCandidate(signal.payload);
      case "REJECT":
        return this.#refused(signal.payload.reason);
      case "EXPIRE":
      case "LEAVE":
        return this.#unknown();
      case "ERROR":
        // clay-dev-server of Clayground says so in words.
        if (/not found/i.test(signal.message)) this.#unknown();
        else this.#fail("signaling-refused", signal.message, signal.message);
    }
  }

  #answered(answer: AnswerPayload): void {
    if (this.#isAnswered || answer.connectionId !== this.#connectionId) return;
    if (answer.clay?.refused !== undefined) return this.#refused(answer.clay.refused);
    this.#isAnswered = true;
    if (!answer.clay?.mesh) return this.#connectTo(answer);
    const connection = this.#connection;
    // Stars do without it, so a page loads it only now.
    import("./mesh.ts").then(
      ({ Mesh }) => {
        if (connection !== this.#connection) return;
        this.#makeMesh = (host, handlers) => new Mesh(this.#options, this.nodeId, host, handlers);
        this.#connectTo(answer);
      },
      (error: unknown) => {
        if (connection === this.#connection) this.#fail("not-supported", String(error));
      },
    );
  }

  #connectTo(answer: AnswerPayload): void {
    void this.#connection?.answered(answer, this.#hasRedialed ? 0 : REDIAL_AFTER);
  }

  #unknown(): void {
    // Once the host has answered, it exists: a late EXPIRE of one candidate says nothing.
    if (!this.#isAnswered) this.#fail("no-such-network");
  }

  #refused(reason: string): void {
    this.#fail(/full/i.test(reason) ? "network-full" : "refused", reason, reason);
  }

  /** The reliable channel is open. A host of this library now sends the roster; an existing app may send none. */
  #opened(): void {
    if (this.#link.isOurs) return;
    this.#welcomed();
    this.#events.connected();
  }

  #welcomed(): void {
    if (this.#isIn) return;
    this.#isIn = true;
    this.#add(this.hostId);
  }

  #framed(frame: SessionFrame): void {
    switch (frame.t) {
      case "y":
        return this.#rosterChanged(frame);
      case "R":
        return this.#refused(frame.r);
      case "v":
      case "w":
        return this.#mesh?.mailed(frame);
      case "g":
        return;
      default:
        return this.#received(frame.from ?? this.hostId, frame, this.#link);
    }
  }

  #received(from: string, frame: SessionFrame, link: Link): void {
    if (!this.#isIn || from === this.nodeId) return;
    if (frame.t === "f" || frame.t === "k") {
      if (this.nodes.includes(from)) this.#outbox.received(from, frame);
      return;
    }
    if (frame.t !== "m" && frame.t !== "s") return;
    const { q, k } = frame.t === "s" ? frame : {};
    // State travels beside the roster and may overtake it: of a node that is not (or no longer) in, it is void.
    const isWelcome =
      frame.t === "m" || (this.nodes.includes(from) && this.states.accept(from, q, this.#options.platform.now(), k));
    const list = isWelcome ? readBody(frame.body) : [];
    // What the host passed on unread is not the host's.
    if (!list && from === link.id) link.broken();
    for (const data of list ?? [])
      if (frame.t === "m") this.#events.message(from, data);
      else this.#events.state(from, data, k);
  }

  #rosterChanged(frame: RosterFrame): void {
    switch (frame.sys) {
      case "bye":
        return this.#hostLeft();
      case "roster": {
        const isFirst = !this.#isIn;
        this.#welcomed();
        for (const id of frame.nodes) this.#add(id);
        for (const id of frame.plain ?? []) this.#plain.add(id);
        if (isFirst) this.#outbox.prepare();
        if (isFirst && frame.mesh) this.#enterMesh(frame.mesh);
        if (isFirst) this.#events.connected();
        return;
      }
      case "node_joined":
        if (frame.plain === true) this.#plain.add(frame.nodeId);
        this.#add(frame.nodeId);
        // It came later, so it connects to this node.
        if (frame.mesh === true) this.#pair(frame.nodeId, false);
        return;
      case "node_left":
        this.#remove(frame.nodeId);
    }
  }

  #enterMesh(ids: readonly string[]): void {
    this.#mesh ??= this.#makeMesh?.(this.#link, {
      frame: (from, frame, link) => this.#received(from, frame, link),
      gone: (id) => this.#outbox.forget(id),
      measured: () => this.#events.measured(),
      diagnostic: (phase, detail) => this.#events.diagnostic(phase, detail),
      trouble: (error) => this.#events.trouble(error),
    });
    for (const id of ids) this.#pair(id, true);
  }

  #pair(id: string, dials: boolean): void {
    if (id !== this.hostId && this.nodes.includes(id)) this.#mesh?.add(id, dials);
  }

  #add(id: string): void {
    if (!this.#isIn || id === this.nodeId || this.nodes.includes(id) || this.nodes.length >= MAX_ROSTER_LENGTH) return;
    this.nodes = [...this.nodes, id];
    this.#events.joined(id);
  }

  #remove(id: string): void {
    // The host is in for as long as the link is.
    if (id === this.hostId || !this.nodes.includes(id)) return;
    this.nodes = this.nodes.filter((one) => one !== id);
    this.#mesh?.remove(id);
    this.#outbox.forget(id);
    this.#plain.delete(id);
    this.states.forget(id);
    this.#events.left(id);
  }

  #linkEnded(cause: LinkEnd): void {
    this.#mesh?.close();
    if (!this.#isIn)
      return this.#hasRedialed ? this.#fail("connection-failed", this.networkId, cause) : this.#dialAgain();
    // Existing apps say no "bye": who closes in good order has left. A dying Firefox closes in good order too.
    if (cause === "closed" && !this.#link.isOurs) return this.#hostLeft();
    this.#events.left(this.hostId);
    this.#fail("host-lost", "", cause);
  }

  #hostLeft(): void {
    this.#mesh?.close();
    this.#link.close();
    if (!this.#isIn) return this.#fail("no-such-network");
    this.#events.left(this.hostId);
    this.#events.ended();
  }

  #fail(code: NetworkErrorCode, subject: string = this.networkId, reason?: string): void {
    this.#events.ended(new NetworkError(code, subject, { networkId: this.networkId, reason }));
  }
}
