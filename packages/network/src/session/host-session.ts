import { drawNetworkCode, encodeFrame, LAN_HOST_ID } from "@clayground/protocol";
import type { OfferPayload, RosterFrame, ServerSignal } from "@clayground/protocol";
import { NetworkError } from "../errors.ts";
import { PeerServerSignaling } from "../signaling/peer-server-signaling.ts";
import type { Signaling } from "../signaling/signaling.ts";
import { createConnection } from "../transport/peer-path.ts";
import type { Connection } from "./connection.ts";
import type { Delivery } from "./delivery.ts";
import { Link } from "./link.ts";
import { refusal } from "./negotiation.ts";
import { Outbox } from "./outbox.ts";
import { Relay } from "./relay.ts";
import type { Guest } from "./relay.ts";
import { membersOf, NEW_ROSTER, reduceRoster } from "./roster.ts";
import type { Roster, RosterEffect, RosterEvent } from "./roster.ts";
import { NO_NODES, NOBODY } from "./session.ts";
import type { Session, SessionEvents, SessionOptions } from "./session.ts";
import { StateTracker } from "./state-tracker.ts";
import type { SendOptions } from "./transfer-wire.ts";

/** The second connection of existing browser apps, for their states, which come over the first as well. */
const PEERJS_STATE_LABEL = "clay_state";

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
  #events: SessionEvents;
  readonly #guests = new Map<string, Guest>();
  #signaling: Signaling | undefined;
  #roster: Roster = NEW_ROSTER;
  readonly #isMesh: boolean;
  readonly #outbox: Outbox;
  readonly #relay: Relay;

  /** Throws `webrtc-unavailable`. */
  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
    this.#isMesh = options.settings.topology === "mesh";
    const { platform, settings } = options;
    const outbox = (this.#outbox = new Outbox({
      ...{ platform, settings, events },
      wayTo: (id) => {
        const link = this.#guests.get(id)?.link;
        return link?.isOpen ? { link } : undefined;
      },
      isPlain: (id) => this.#guests.get(id)?.link.isOurs === false,
    }));
    this.#relay = new Relay({
      ...{ platform, settings, outbox, guests: this.#guests, states: this.states },
      events: {
        message: (from, data, to) => this.#events.message(from, data, to),
        state: (from, data, key) => this.#events.state(from, data, key),
      },
      links: () => this.links,
      hostId: () => this.nodeId,
      left: (id) => this.#gone(id),
    });
    // Better now than when the first joiner knocks.
    createConnection(options.platform, options.iceServers).close();
    events.phase("signaling");
    this.#register();
  }

  broadcast(data: unknown, options: SendOptions): Delivery {
    return this.#outbox.broadcast(data, this.links, this.nodes, options);
  }

  broadcastState(data: unknown, key?: string): void {
    const show = this.#outbox.showing(data, key);
    for (const link of this.links) show(link);
  }

  sendTo(nodeId: string, data: unknown, options: SendOptions): Delivery {
    return this.#outbox.sendTo(nodeId, data, options);
  }

  bufferedAmount(nodeId: string): number {
    return this.#outbox.bufferedAmount(nodeId);
  }

  close(isExit: boolean): void {
    this.#events = NOBODY;
    for (const [id, { link }] of this.#guests) {
      // Who is still connecting hears it from the signaling server.
      if (link.isOpen) continue;
      this.#signaling?.send({ type: "LEAVE", dst: id });
      link.leave();
    }
    this.#signaling?.close();
    const leave = (): void => {
      this.#outbox.close(this.nodes);
      for (const { link } of this.#guests.values()) link.leave();
    };
    if (isExit) return leave();
    const forget = this.#options.platform.onExit(leave);
    this.#outbox.drain(() => {
      forget();
      leave();
    });
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
        this.#outbox.forget(id);
        this.#tell(effect.others, { t: "y", sys: "node_left", nodeId: id });
        this.#events.left(id);
    }
  }

  #admit(id: string, offer: OfferPayload): void {
    const { platform, iceServers, handshakeLimit } = this.#options;
    const link = new Link(
      { platform, iceServers, remoteId: id },
      {
        note: (phase, detail) => this.#events.diagnostic(phase, () => `${id}: ${detail()}`),
        open: () => {
          this.#outbox.prepare();
          this.#apply({ type: "opened", id });
        },
        frame: (frame) => this.#relay.framed(id, frame),
        full: () => this.#events.trouble(new NetworkError("queue-full", id, { nodeId: id })),
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
    const isMeshed = this.#isMesh && offer.clay?.mesh === true;
    this.#guests.set(id, this.#relay.newGuest(link, connection, isMeshed));
    void connection.answer(offer, handshakeLimit, this.#isMesh ? { mesh: true } : {});
  }

  /** Tells a new node who is in, and them about it; in a mesh also who connects to whom. */
  #welcome(id: string, others: readonly string[]): void {
    const roster: RosterFrame = { t: "y", sys: "roster", nodes: others };
    const news: RosterFrame = { t: "y", sys: "node_joined", nodeId: id };
    const isPlain = (one: string): boolean => this.#guests.get(one)?.link.isOurs === false;
    const isIn = this.#relay.isMeshed(id);
    const mesh = isIn ? others.filter((other) => this.#relay.isMeshed(other)) : [];
    const plain = isPlain(id) ? [] : others.filter(isPlain);
    this.#tell([id], { ...roster, ...(isIn && { mesh }), ...(plain.length > 0 && { plain }) });
    for (const other of others)
      this.#tell([other], {
        ...news,
        ...(mesh.includes(other) && { mesh: true }),
        ...(isPlain(id) && !isPlain(other) && { plain: true }),
      });
  }

  #tell(ids: readonly string[], frame: RosterFrame): void {
    const head = `,${encodeFrame(frame).slice(1, -1)}`;
    for (const id of ids) this.#guests.get(id)?.link.send({ head });
  }

  #dismiss(id: string): void {
    this.#guests.get(id)?.link.close();
    this.#guests.delete(id);
  }
}
