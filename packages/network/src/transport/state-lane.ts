import type { Packet } from "@clayground/protocol";
import type { Platform, TimerHandle } from "../platform/platform.ts";
import type { Outgoing } from "./reliable-stream.ts";

/** Payload of a packet that no network has to split: IPv6's smallest MTU of 1,280 bytes less all headers (RFC 8831, 5). */
export const PACKET_SIZE: number = 1100;

/** How much longer than the best round trip a packet may take, in milliseconds: what waits in the network is too old already. */
const PATIENCE = 60;

/** And how much longer the oldest one, which may be lost, or told of late. */
const PATIENCE_WITH_OLDEST = 200;

/** Packets that may be on their way before the first round trip is known, and always. */
const FIRST_PACKETS = 4;
const LEAST_PACKETS = 2;

/** Packets are so many milliseconds apart at the most, however long none is heard of: they may all be lost. */
const PROBE_EVERY = 250;

/** How long the best round trip counts, in milliseconds, while none comes near it: then nothing leaves until the way is empty. */
const BEST_COUNTS_FOR = 10_000;
const NEAR = 15;

/** A packet is told of with the next one to the other side, at the latest after so many packets or milliseconds. */
const ECHO_PACKETS = 4;
const ECHO_AFTER = 40;

/** What a state lane is made from. */
export interface StateLaneOptions {
  readonly platform: Platform;
  /** Whether the other side tells how far it has heard (SPEC.md, F29). */
  readonly isPaced: boolean;
  /** Counts what leaves. */
  readonly stats: { bytesSent: number; stateSent: number; stateSkipped: number };
  /** Sends or drops; false when the path takes nothing now, and says so when it does again. */
  send(packet: Packet): boolean;
}

/**
 * States to one node: of each origin and key only the newest waits, and no more leave than the way carries without a queue
 * (F28, F29). So an update is fresh when it arrives, however slow the way is.
 */
export class StateLane {
  readonly #options: StateLaneOptions;
  /** The newest update of each origin and key that did not leave yet. A newer one takes the older one's turn. */
  readonly #waiting = new Map<string, Outgoing>();
  /** Packets that the other side has not told of: number, time, and how many were on their way with it. */
  #unheard: { readonly i: number; readonly at: number; readonly with: number }[] = [];
  /** Packets that may be on their way. */
  #most = FIRST_PACKETS;
  #sent = 0;
  #sentAt = -Infinity;
  #best = Infinity;
  #bestAt = 0;
  /** Until the other side has this packet, nothing leaves. */
  #drainTo = 0;
  #last = Infinity;
  #newest = 0;
  #toEcho = 0;
  #isHeld = false;
  #probe: TimerHandle;
  #echo: TimerHandle;

  constructor(options: StateLaneOptions) {
    this.#options = options;
  }

  /** What waits here, in UTF-16 units and bytes. */
  get backlog(): number {
    let sum = 0;
    for (const { head, text, bytes } of this.#waiting.values())
      sum += head.length + (text?.length ?? 0) + (bytes?.length ?? 0);
    return sum;
  }

  /** An update to be sent at the end of this turn or, if the way is busy, as soon as it is not. */
  offer(slot: string, update: Outgoing): void {
    if (this.#waiting.has(slot)) this.#options.stats.stateSkipped++;
    this.#waiting.set(slot, update);
    if (this.#isHeld) return;
    this.#isHeld = true;
    queueMicrotask(() => {
      this.#isHeld = false;
      this.pump();
    });
  }

  /** What the other side tells of its packets and of these here. */
  paced({ i, e }: { readonly i?: number; readonly e?: number }): void {
    if (i !== undefined) this.came(i);
    if (e !== undefined) this.heard(e);
  }

  /** Packet `i` of the other side came. */
  came(i: number): void {
    const { platform } = this.#options;
    this.#newest = Math.max(this.#newest, i);
    if (++this.#toEcho >= ECHO_PACKETS) return this.#tell();
    if (this.#toEcho === 1) this.#echo = platform.setTimeout(() => this.#tell(), ECHO_AFTER);
  }

  /** The other side has packet `e`; what went before it came or is lost. */
  heard(e: number): void {
    const now = this.#options.platform.now();
    const last = this.#unheard.filter(({ i }) => i <= e).at(-1);
    if (!last) return;
    const roundTrip = now - last.at;
    if (roundTrip <= this.#best + NEAR) this.#bestAt = now;
    else if (now - this.#bestAt > BEST_COUNTS_FOR && this.#drainTo === 0) this.#drainTo = this.#sent;
    this.#best = Math.min(this.#best, roundTrip);
    // So many took so long: what waits grows and shrinks with their number. One late packet is no queue, and says nothing;
    // without a queue one more may go each time.
    const least = Math.min(roundTrip, this.#last);
    this.#last = roundTrip;
    if (least <= this.#best + PATIENCE / 2) this.#most = Math.max(this.#most, last.with) + 1;
    else this.#most = Math.max(LEAST_PACKETS, Math.ceil((last.with * (this.#best + PATIENCE)) / least));
    this.#unheard = this.#unheard.filter(({ i }) => i > e);
    if (this.#drainTo > 0 && e >= this.#drainTo) this.#startAnew();
    this.pump();
  }

  /** Sends what waits, as much as the way takes now. */
  pump(): void {
    const { platform, isPaced } = this.#options;
    while (this.#waiting.size > 0) {
      const now = platform.now();
      // Whole milliseconds: what is left of one would be a timer of nothing, again and again.
      if (isPaced && this.#isBusy(now)) return this.#pumpIn(Math.ceil(this.#sentAt + PROBE_EVERY - now));
      // The path says when it has room; in case that it does not, as while its channel opens:
      if (!this.#sendPacket(now)) return this.#pumpIn(PROBE_EVERY);
    }
  }

  /** Another path: what is not heard of tells nothing of it. */
  restart(): void {
    this.#unheard = [];
    this.#startAnew();
    this.pump();
  }

  stop(): void {
    const { platform } = this.#options;
    platform.clearTimeout(this.#probe);
    platform.clearTimeout(this.#echo);
    this.#waiting.clear();
  }

  /** The next round trip is the best one. */
  #startAnew(): void {
    [this.#best, this.#last, this.#most, this.#drainTo] = [Infinity, Infinity, FIRST_PACKETS, 0];
  }

  #isBusy(now: number): boolean {
    const oldest = this.#unheard[0];
    if (!oldest || now - this.#sentAt >= PROBE_EVERY) return false;
    return (
      this.#drainTo > 0 || this.#unheard.length >= this.#most || now - oldest.at > this.#best + PATIENCE_WITH_OLDEST
    );
  }

  #pumpIn(ms: number): void {
    const { platform } = this.#options;
    platform.clearTimeout(this.#probe);
    this.#probe = platform.setTimeout(() => this.pump(), Math.max(1, ms));
  }

  /** One packet of as many updates as fit. */
  #sendPacket(now: number): boolean {
    const { isPaced, send, stats } = this.#options;
    const slots: string[] = [];
    const heads: string[] = [];
    let lines = "";
    let bytes: Uint8Array | undefined;
    let size = 0;
    for (const [slot, update] of this.#waiting) {
      size += update.head.length + (update.text?.length ?? 0) + (update.bytes?.length ?? 0);
      // What has bytes goes alone.
      if (slots.length > 0 && (!isPaced || bytes || update.bytes || size > PACKET_SIZE)) break;
      slots.push(slot);
      heads.push(`{${update.head.slice(1)}}`);
      if (update.text !== undefined) lines += `\n${update.text}`;
      bytes = update.bytes;
    }
    if (isPaced) heads.unshift(this.#pace(this.#sent + 1));
    if (!send({ text: (heads.length > 1 ? `[${heads.join()}]` : heads[0]!) + lines, bytes })) return false;
    for (const slot of slots) this.#waiting.delete(slot);
    this.#sentAt = now;
    if (isPaced) {
      this.#unheard.push({ i: ++this.#sent, at: now, with: this.#unheard.length + 1 });
      this.#told();
    }
    stats.stateSent += slots.length;
    stats.bytesSent += size;
    return true;
  }

  /** By itself: there is nothing to send it with. */
  #tell(): void {
    if (this.#options.send({ text: this.#pace() })) this.#told();
    else this.#toEcho = 0;
  }

  #told(): void {
    this.#options.platform.clearTimeout(this.#echo);
    this.#toEcho = 0;
  }

  #pace(i?: number): string {
    return JSON.stringify({ t: "e", i, e: this.#newest || undefined });
  }
}
