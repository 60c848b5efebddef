import { drawNetworkCode, encodeFrame, LAN_HOST_ID, mailFrame, messageFrame, stateFrame } from "@clayground/protocol";
import type {
  MailFrame,
  MessageFrame,
  OfferPayload,
  RosterFrame,
  ServerSignal,
  StateFrame,
} from "@clayground/protocol";
import type { NetworkError } from "../errors.ts";
import { PeerServerSignaling } from "../signaling/peer-server-signaling.ts";
import type { Signaling } from "../signaling/signaling.ts";
import { createConnection } from "../transport/peer-path.ts";
import { TokenBucket } from "../util/token-bucket.ts";
import type { Connection } from "./connection.ts";
import { Link } from "./link.ts";
import type { SessionFrame } from "./link.ts";
import { refusal } from "./negotiation.ts";
import { encodeMail, encodePayload } from "./payload.ts";
import { membersOf, NEW_ROSTER, reduceRoster } from "./roster.ts";
import type { Roster, RosterEffect, RosterEvent } from "./roster.ts";
import { NO_NODES } from "./session.ts";
import type { Session, SessionEvents, SessionOptions } from "./session.ts";
import { StateTracker } from "./state-tracker.ts";

/** Frames that one joiner may send while there are others: far above any game, far below what drowns them. */
const MAX_FRAMES_PER_SECOND = 4000;

/** A long frame counts once more for each of so many UTF-16 units: 2 MB/s in the long run. */
const COST_UNIT = 512;

/** The second connection of existing browser apps, for their states, which come over the first as well. */
const PEERJS_STATE_LABEL = "clay_state";

/** A joiner at the host: its link, and what is counted against it. */
interface Guest {
  readonly link: Link;
  readonly connection: Connection;
  readonly budget: TokenBucket;
  /** For what it sends to other joiners of a mesh by way of the host. */
  readonly mailBudget: TokenBucket;
  /** Whether it connects to others that do. */
  readonly isMeshed: boolean;
}

/** The host: decides who is in, and passes on what joiners send to each other, unless they do that themselves. */
export class HostSession implements Session {
  readonly states: StateTracker = new StateTracker();
  networkId = "";
  nodeId = "";
  hostId = "";
  /** The roster's nodes that are in, and their links in the same order. */
  nodes: readonly string[] = NO_NODES;
  links: readonly Link[] = [];
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #guests = new Map<string, Guest>();
  #signaling: Signaling | undefined;
  #roster: Roster = NEW_ROSTER;
  readonly #isMesh: boolean;
  #stateSeq = 0;

  /** Throws `webrtc-unavailable`. */
  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    this.#isMesh = options.settings.topology === "mesh";
    // Better now than when the first joiner knocks.
    createConnection(options.platform, options.iceServers).close();
    events.phase("signaling");
    this.#register();
  }

  broadcast(json: string): void {
    const frame = messageFrame(json);
    for (const link of this.links) link.send(frame);
  }

  broadcastState(json: string): void {
    const frame = stateFrame(json, ++this.#stateSeq);
    for (const link of this.links) link.sendState(frame);
  }

  sendTo(nodeId: string, json: string): void {
    this.#guests.get(nodeId)?.link.send(messageFrame(json));
  }

  close(): void {
    for (const [id, { link }] of this.#guests) {
      // Who is still connecting hears it from the signaling server.
      if (!link.isOpen) this.#signaling?.send({ type: "LEAVE", dst: id });
      link.leave();
    }
    this.#signaling?.close();
  }

  /** Opens the signaling under a code of its own, and under another one while it is taken. */
  #register(): void {
    const { platform, signalingUrl: url, lanCode } = this.#options;
    const id = lanCode ? LAN_HOST_ID : drawNetworkCode((count) => platform.randomBytes(count));
    this.#signaling = new PeerServerSignaling(
      platform,
      { url, id },
      {
        open: () => {
          this.hostId = this.nodeId = id;
          this.networkId = lanCode ?? id;
          this.#events.connected();
        },
        taken: () => this.#register(),
        failed: (error) => this.#events.ended(error),
        signal: (signal) => this.#signaled(signal),
        lost: (error) => this.#events.trouble(error),
      },
    );
  }

  #signaled(signal: ServerSignal): void {
    switch (signal.type) {
      case "OFFER":
        if (signal.payload.label !== PEERJS_STATE_LABEL)
          this.#apply({ type: "knocked", id: signal.src, maxNodes: this.#options.settings.maxNodes }, signal.payload);
        break;
      case "CANDIDATE":
        this.#guests.get(signal.src)?.connection.addCandidate(signal.payload);
        break;
      case "EXPIRE":
      case "LEAVE":
        // A joiner that gave up; one that is in needs no signaling.
        if (!this.#guests.get(signal.src)?.link.isOpen) this.#gone(signal.src);
    }
  }

  #gone(id: string): void {
    this.#dismiss(id);
    this.#apply({ type: "gone", id });
  }

  #apply(event: RosterEvent, offer?: OfferPayload): void {
    const [roster, effects] = reduceRoster(this.#roster, event);
    this.#roster = roster;
    this.nodes = membersOf(roster);
    this.links = this.nodes.flatMap((member) => this.#guests.get(member)?.link ?? []);
    for (const effect of effects) this.#perform(effect, offer);
  }

  #perform(effect: RosterEffect, offer: OfferPayload | undefined): void {
    const { id } = effect;
    switch (effect.type) {
      case "refuse":
        if (offer) this.#signaling?.send(refusal(offer, id, effect.reason));
        break;
      case "admit":
        this.#dismiss(id);
        if (offer) this.#admit(id, offer);
        break;
      case "joined":
        this.#welcome(id, effect.others);
        this.#events.joined(id);
        break;
      case "left":
        this.states.forget(id);
        this.#tell(effect.others, encodeFrame({ t: "y", sys: "node_left", nodeId: id }));
        this.#events.left(id);
    }
  }

  #admit(id: string, offer: OfferPayload): void {
    const { platform, iceServers, handshakeLimit } = this.#options;
    const link = new Link(
      { platform, iceServers, remoteId: id },
      {
        note: (phase, detail) => this.#events.diagnostic(phase, () => `${id}: ${detail()}`),
        open: () => this.#apply({ type: "opened", id }),
        frame: (frame, size) => this.#framed(id, frame, size),
        ended: () => this.#gone(id),
        measured: () => this.#events.measured(),
      },
    );
    let connection: Connection;
    try {
      connection = link.connect("", (signal) => this.#signaling?.send({ ...signal, dst: id }));
    } catch (error) {
      this.#apply({ type: "gone", id });
      return this.#events.trouble(error as NetworkError);
    }
    const [budget, mailBudget] = [this.#newBudget(), this.#newBudget()];
    const isMeshed = this.#isMesh && offer.clay?.mesh === true;
    this.#guests.set(id, { link, connection, budget, mailBudget, isMeshed });
    void connection.answer(offer, handshakeLimit, this.#isMesh ? { mesh: true } : {});
  }

  #newBudget(): TokenBucket {
    return new TokenBucket(MAX_FRAMES_PER_SECOND, 2 * MAX_FRAMES_PER_SECOND, this.#options.platform.now());
  }

  /** Tells a new node who is in, and them about it; in a mesh also who connects to whom. */
  #welcome(id: string, others: readonly string[]): void {
    const roster: RosterFrame = { t: "y", sys: "roster", nodes: others };
    const news: RosterFrame = { t: "y", sys: "node_joined", nodeId: id };
    const mesh = this.#isMeshed(id) ? others.filter((other) => this.#isMeshed(other)) : [];
    this.#tell([id], encodeFrame(this.#isMeshed(id) ? { ...roster, mesh } : roster));
    this.#tell(mesh, encodeFrame({ ...news, mesh: true }));
    this.#tell(
      others.filter((other) => !mesh.includes(other)),
      encodeFrame(news),
    );
  }

  #isMeshed(id: string | undefined): boolean {
    return this.#guests.get(id ?? "")?.isMeshed ?? false;
  }

  #framed(id: string, frame: SessionFrame, size: number): void {
    const guest = this.#guests.get(id);
    if (!guest) return;
    const { link, budget, mailBudget } = guest;
    const now = this.#options.platform.now();
    const cost = 1 + size / COST_UNIT;
    const isMail = frame.t === "v" || frame.t === "w";
    if (isMail && this.#isMeshed(id) && mailBudget.take(now, cost)) return this.#passOn(link, frame);
    // One that floods is dropped: the others keep playing. With nobody else in it harms only the two.
    if (this.links.length > 1 && !budget.take(now, cost)) return link.dropForAbuse();
    switch (frame.t) {
      case "m":
        return this.#message(id, link, frame);
      case "s":
        if (!this.states.accept(id, frame.q, now)) return;
        this.#events.state(id, frame.d);
        return this.#relayState(link, frame);
      case "y":
        if (frame.sys === "bye") this.#gone(id);
    }
    // A roster or a refusal is not a joiner's to send; too much mail is lost, and its sender's streams repeat it.
  }

  #message(from: string, link: Link, { to, d }: MessageFrame): void {
    const isForMe = to === this.nodeId;
    if (to !== undefined && !isForMe && !this.nodes.includes(to)) return;
    // The host's application hears what is for it, and without autoRelay everything: it decides.
    if (to === undefined || isForMe || !this.#options.settings.autoRelay) this.#events.message(from, d, to);
    const receivers = isForMe ? [] : this.#receivers(link, to);
    const json = receivers.length > 0 && this.#encoded(link, () => encodePayload(d));
    if (!json) return;
    const frame = messageFrame(json, from);
    for (const other of receivers) other.send(frame);
  }

  #relayState(from: Link, { d, q }: StateFrame): void {
    const receivers = this.#receivers(from);
    const json = receivers.length > 0 && this.#encoded(from, () => encodePayload(d));
    if (!json) return;
    const frame = stateFrame(json, q, from.id);
    for (const other of receivers) other.sendState(frame);
  }

  /** Who gets what a joiner says to all, or to one: nodes of a mesh have told each other by themselves. */
  #receivers(from: Link, to?: string): readonly Link[] {
    if (!this.#options.settings.autoRelay) return [];
    const areMeshed = (other: Link): boolean => this.#isMeshed(from.id) && this.#isMeshed(other.id);
    return this.links.filter((other) => other !== from && (to === undefined ? !areMeshed(other) : other.id === to));
  }

  /** Mail from one node of a mesh to another, unread. */
  #passOn(from: Link, { t, f, to }: MailFrame): void {
    const other = this.links.find(({ id }) => id === to);
    if (!other || other === from || !this.#isMeshed(to)) return;
    const json = this.#encoded(from, () => encodeMail(f));
    if (!json) return;
    const frame = mailFrame(t, json, from.id);
    if (t === "v") other.send(frame);
    else other.sendState(frame);
  }

  /** What is to be passed on. What the others could not take, with the host's keys around it, ends its sender's link. */
  #encoded(from: Link, encode: () => string): string | undefined {
    try {
      return encode();
    } catch {
      from.dropForAbuse();
      return undefined;
    }
  }

  #tell(ids: readonly string[], frame: string): void {
    for (const id of ids) this.#guests.get(id)?.link.send(frame);
  }

  #dismiss(id: string): void {
    this.#guests.get(id)?.link.close();
    this.#guests.delete(id);
  }
}
