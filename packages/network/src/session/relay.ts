import { keys, readBody } from "@clayground/protocol";
import type { Body, FragmentFrame, MailFrame, MessageFrame, ReceiptFrame, StateFrame } from "@clayground/protocol";
import { frameCost } from "../transport/reliable-stream.ts";
import type { Outgoing } from "../transport/reliable-stream.ts";
import { TokenBucket } from "../util/token-bucket.ts";
import type { Connection } from "./connection.ts";
import type { SessionFrame } from "./link-contract.ts";
import type { Link } from "./link.ts";
import { mailFrame } from "./mail-frame.ts";
import type { Outbox } from "./outbox.ts";
import { fits } from "./payload.ts";
import type { SessionEvents, SessionOptions } from "./session.ts";
import type { StateTracker } from "./state-tracker.ts";

/** Messages and states that one joiner may send while there are others: far above any game, far below what drowns them. */
const MAX_FRAMES_PER_SECOND = 4000;

/** Parts of one joiner's transfers that wait at the host at the most, in bytes: its windows to all others, 1 MiB each, are smaller. */
const MAX_TRANSIT = 8 * 1024 * 1024;

/** A joiner at the host: its link, and what is counted against it. */
export interface Guest {
  readonly link: Link;
  readonly connection: Connection;
  readonly budget: TokenBucket;
  /** For what it sends to other joiners of a mesh by way of the host. */
  readonly mailBudget: TokenBucket;
  /** Whether it connects to others that do. */
  readonly isMeshed: boolean;
  /** What it sent in transfers to others, and did not leave yet, in bytes. */
  transit: number;
}

/** What a relay needs of the host. */
export interface RelayOptions extends Pick<SessionOptions, "platform" | "settings"> {
  readonly guests: ReadonlyMap<string, Guest>;
  readonly events: Pick<SessionEvents, "message" | "state">;
  readonly states: StateTracker;
  readonly outbox: Outbox;
  /** The links of all that are in. */
  links(): readonly Link[];
  hostId(): string;
  /** A joiner says good-bye. */
  left(id: string): void;
}

/** What a host does with the frames of its joiners: hears them, and passes them on, mostly unread. */
export class Relay {
  readonly #options: RelayOptions;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  newGuest(link: Link, connection: Connection, isMeshed: boolean): Guest {
    const now = this.#options.platform.now();
    const budget = (): TokenBucket => new TokenBucket(MAX_FRAMES_PER_SECOND, 2 * MAX_FRAMES_PER_SECOND, now);
    return { link, connection, isMeshed, budget: budget(), mailBudget: budget(), transit: 0 };
  }

  isMeshed(id: string | undefined): boolean {
    return this.#options.guests.get(id ?? "")?.isMeshed ?? false;
  }

  framed(id: string, frame: SessionFrame): void {
    const guest = this.#options.guests.get(id);
    if (!guest) return;
    const { link, budget, mailBudget } = guest;
    const now = this.#options.platform.now();
    const isMail = frame.t === "v" || frame.t === "w";
    // Transfers are paced by their receivers, and bounded by what of them waits here.
    const cost = frameCost(frame.t === "m" ? frame.body.count : 1, frame.t === "f" ? 0 : frame.size);
    if (isMail && this.isMeshed(id) && mailBudget.take(now, cost)) return this.#passOn(link, frame);
    // One that floods is dropped: the others keep playing. With nobody else in it harms only the two.
    if (this.#options.links().length > 1 && !budget.take(now, cost)) return link.dropForAbuse();
    switch (frame.t) {
      case "m":
        return this.#message(link, frame);
      case "s":
        return this.#state(link, frame, now);
      case "f":
      case "k":
        return this.#transfer(guest, frame);
      case "y":
        if (frame.sys === "bye") this.#options.left(id);
    }
    // A roster or a refusal is not a joiner's to send; too much mail is lost, and its sender's streams repeat it.
  }

  #message(from: Link, { to, body }: MessageFrame): void {
    const { settings, events, hostId } = this.#options;
    const isForMe = to === hostId();
    const receivers = isForMe ? [] : this.#receivers(from, to);
    // The host's application hears what is for it, and without autoRelay everything: it decides.
    if (to === undefined || isForMe || (!settings.autoRelay && this.#isIn(to))) {
      const list = readBody(body);
      if (!list) return from.broken();
      for (const data of list) events.message(from.id, data, to);
    }
    this.#pass("m", body, { from: from.id }, receivers, (other, frame) => other.send(frame));
  }

  #state(from: Link, { body, q, k }: StateFrame, now: number): void {
    const { states, events } = this.#options;
    if (!states.accept(from.id, q, now, k)) return;
    const list = readBody(body);
    if (!list) return from.broken();
    events.state(from.id, list[0], k);
    const slot = `${from.id} ${k ?? ""}`;
    this.#pass("s", body, { from: from.id, q, k }, this.#receivers(from), (other, frame) =>
      other.states.offer(slot, frame),
    );
  }

  /** Who gets what a joiner says to all, or to one: nodes of a mesh have told each other by themselves. */
  #receivers(from: Link, to?: string): readonly Link[] {
    if (!this.#options.settings.autoRelay) return [];
    const areMeshed = (other: Link): boolean => this.isMeshed(from.id) && this.isMeshed(other.id);
    return this.#options
      .links()
      .filter((other) => other !== from && (to === undefined ? !areMeshed(other) : other.id === to));
  }

  /** To our own nodes unread, to others in words that they know. */
  #pass(
    t: "m" | "s",
    body: Body,
    members: { readonly from: string; readonly q?: number | undefined; readonly k?: string | undefined },
    receivers: readonly Link[],
    send: (other: Link, frame: Outgoing) => void,
  ): void {
    if (receivers.length === 0) return;
    const text = body.list ? JSON.stringify(body.list) : body.json;
    const guest = this.#options.guests.get(members.from);
    // What the others could not take, with the host's keys around it, ends its sender's link.
    if (!fits(text, body.bytes)) return guest?.link.dropForAbuse();
    const r = body.isRows ? 1 : undefined;
    const ours = { head: keys({ t, ...members, c: body.count, r, b: body.bytes?.length }), text, bytes: body.bytes };
    const { k: _unknownToThem, ...known } = members;
    let plain: Outgoing[] | undefined;
    for (const other of receivers) {
      if (other.isOurs) {
        send(other, ours);
        continue;
      }
      plain ??= body.bytes
        ? []
        : (readBody(body) ?? []).map((data) => ({ head: `${keys({ t, ...known })},"d":${JSON.stringify(data)}` }));
      for (const frame of plain) send(other, frame);
    }
  }

  /** A part of a transfer, or a receipt: for the host, or for another one, who gets it unread. */
  #transfer(guest: Guest, frame: FragmentFrame | ReceiptFrame): void {
    const { outbox, settings, hostId } = this.#options;
    const { link } = guest;
    const { to } = frame;
    const isToAll = frame.t === "f" && frame.all;
    if (to === undefined || to === hostId()) return outbox.received(link.id, frame, isToAll ? undefined : to);
    const other = this.#options.links().find(({ id }) => id === to);
    const isFragment = frame.t === "f";
    if (!other || other === link) return;
    if (other.isOurs && settings.autoRelay) {
      const { t, id } = frame;
      const from = link.id;
      if (!isFragment) return other.post({ head: keys({ t, id, from, a: frame.a, r: frame.r?.slice(0, 64) }) });
      const { z, x, w, all, bytes } = frame;
      guest.transit += bytes.length;
      if (guest.transit > MAX_TRANSIT || !fits("", bytes)) return link.dropForAbuse();
      return other.post({
        head: keys({ t, id, from, z, x, w, all, b: bytes.length || undefined }),
        bytes,
        released: () => (guest.transit -= bytes.length),
      });
    }
    // Without autoRelay the application hears what is for one node, and decides; what is for all it hears by itself.
    if (isFragment && other.isOurs && !frame.all) outbox.received(link.id, frame, to);
    else if (isFragment && frame.z !== undefined)
      link.post({ head: keys({ t: "k", id: frame.id, from: to, r: "no" }) });
  }

  /** Mail from one node of a mesh to another, unread. */
  #passOn(from: Link, { t, mail, to }: MailFrame): void {
    const other = this.#options.links().find(({ id }) => id === to);
    if (!other || other === from || !this.isMeshed(to)) return;
    if (!fits(mail.text, mail.bytes)) return from.dropForAbuse();
    const frame = mailFrame(t, mail, { from: from.id });
    if (t === "v") other.send(frame);
    else other.states.pass(frame);
  }

  #isIn(id: string): boolean {
    return this.#options.links().some((link) => link.id === id);
  }
}
