import { Fifo } from "./fifo.ts";
import { withConditions } from "./link-conditions.ts";
import type { LinkConditions } from "./link-conditions.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { ClockEvent, VirtualClock } from "./virtual-clock.ts";

/** Payload of one packet: what fits into IPv6's smallest MTU of 1,280 bytes after all headers. */
const PACKET_BYTES = 1200;

/** Packets that a message of this size takes. */
export function packetsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PACKET_BYTES));
}

/** Least and most extra delay of a message that is held back, in milliseconds. */
const HELD_BACK: readonly [number, number] = [5, 50];

interface Queued {
  readonly bytes: number;
  readonly leave: () => void;
}

/** One direction between two machines: decides the fate of each packet, and queues what a slow link cannot take. */
export class LinkDirection {
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  #conditions: LinkConditions;
  readonly #queue = new Fifo<Queued>();
  #leaving: ClockEvent | undefined;

  constructor(clock: VirtualClock, random: SeededRandom, conditions: LinkConditions) {
    this.#clock = clock;
    this.#random = random;
    this.#conditions = conditions;
  }

  get delay(): number {
    return this.#conditions.delay;
  }

  /** Nothing at all passes. */
  get isCut(): boolean {
    return this.#conditions.cut || this.#conditions.loss >= 1;
  }

  change(changes: Partial<LinkConditions>): void {
    this.#conditions = withConditions(this.#conditions, changes);
    this.#serve();
  }

  /** Calls back when the bytes have left the machine: at once, or after all that waits before them. */
  enqueue(bytes: number, leave: () => void): void {
    const isBusy = this.#queue.first !== undefined;
    if (!isBusy && this.#conditions.rate === Infinity) return leave();
    this.#queue.push({ bytes, leave });
    if (!isBusy) this.#serve();
  }

  /** Draws how many of so many packets get lost. */
  drawLosses(packets: number): number {
    if (this.isCut) return packets;
    let lost = 0;
    for (let i = 0; i < packets; i++) if (this.#random.chance(this.#conditions.loss)) lost++;
    return lost;
  }

  /** Draws how long a message is on its way, in milliseconds. */
  drawDelay(): number {
    const { delay, jitter, reorder } = this.#conditions;
    const [least, most] = HELD_BACK;
    const held = this.#random.chance(reorder) ? least + this.#random.next() * (most - least) : 0;
    return delay + (jitter > 0 ? this.#random.next() * jitter : 0) + held;
  }

  /** Draws whether a message on a lossy channel arrives twice. */
  duplicates(): boolean {
    return this.#random.chance(this.#conditions.duplicate);
  }

  #serve(): void {
    if (this.#leaving) this.#leaving.isCanceled = true;
    this.#leaving = undefined;
    const head = this.#queue.first;
    if (!head) return;
    this.#leaving = this.#clock.schedule((head.bytes / this.#conditions.rate) * 1000, () => {
      this.#queue.shift();
      this.#serve();
      head.leave();
    });
  }
}
