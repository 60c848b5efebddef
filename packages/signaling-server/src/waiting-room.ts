import { detached } from "./detached.ts";
import type { RealmLimits } from "./limits.ts";

/** A frame, ready to send, and the client that it came from. */
export interface WaitingMessage {
  readonly src: string;
  readonly address: string;
  readonly text: string;
  /** In bytes. */
  readonly length: number;
}

interface Waiting {
  readonly messages: WaitingMessage[];
  readonly until: number;
  length: number;
}

type WaitingLimits = Pick<RealmLimits, "maxWaitingPerPeer" | "maxWaitingLengthPerPeer" | "maxWaitingLength">;

// The part of the room for one id that one sender may fill, so that others reach it, too.
const SENDER_PART = 1 / 4;
// The part of all room that the clients of one address may fill.
const ADDRESS_PART = 1 / 8;

/** Messages for ids that are not here, bounded in number, length and time. */
export class WaitingRoom {
  readonly #limits: WaitingLimits;
  // Ids that all wait equally long are in order of time: to find what expires, only that is looked at.
  readonly #inOrder = new Map<string, Waiting>();
  readonly #others = new Map<string, Waiting>();
  /** Bytes that came from each address. */
  readonly #addresses = new Map<string, number>();
  #length = 0;
  #messages = 0;

  constructor(limits: WaitingLimits) {
    this.#limits = limits;
  }

  /** Ids for which something waits. */
  get peers(): number {
    return this.#inOrder.size + this.#others.size;
  }

  /** Messages that wait. */
  get messages(): number {
    return this.#messages;
  }

  /** Bytes of all that waits. */
  get length(): number {
    return this.#length;
  }

  /**
   * Keeps a message. The first one for an id sets how long all of them wait. `false` when there is no room.
   *
   * @param isInOrder whether `until` is never before that of an earlier message that was in order
   */
  add(dst: string, { src, address, text }: Omit<WaitingMessage, "length">, until: number, isInOrder: boolean): boolean {
    const length = Buffer.byteLength(text);
    const known = this.#inOrder.get(dst) ?? this.#others.get(dst);
    const waiting = known ?? { messages: [], until, length: 0 };
    if (!this.#hasRoom(waiting, length) || !this.#isFair(waiting, src, address, length)) return false;
    if (!known) (isInOrder ? this.#inOrder : this.#others).set(dst, waiting);
    waiting.messages.push({ src, address, text: detached(text), length });
    waiting.length += length;
    this.#length += length;
    this.#messages += 1;
    this.#addresses.set(address, (this.#addresses.get(address) ?? 0) + length);
    return true;
  }

  /** Removes and returns what waits for an id, in the order it came. */
  take(dst: string): readonly WaitingMessage[] {
    return this.#remove(dst);
  }

  /** Removes what has waited long enough; returns each pair of sender and absent id once. */
  expire(now: number): readonly { readonly src: string; readonly dst: string }[] {
    const expired: { src: string; dst: string }[] = [];
    const take = (dst: string): void => {
      for (const src of new Set(this.#remove(dst).map((message) => message.src))) expired.push({ src, dst });
    };
    for (const [dst, { until }] of this.#inOrder) {
      if (until > now) break;
      take(dst);
    }
    for (const [dst, { until }] of this.#others) if (until <= now) take(dst);
    return expired;
  }

  #hasRoom(waiting: Waiting, length: number): boolean {
    const { maxWaitingPerPeer, maxWaitingLengthPerPeer, maxWaitingLength } = this.#limits;
    if (waiting.messages.length >= maxWaitingPerPeer) return false;
    return waiting.length + length <= maxWaitingLengthPerPeer && this.#length + length <= maxWaitingLength;
  }

  /** Whether its sender and its address keep to their part; the first message of each always does. */
  #isFair(waiting: Waiting, src: string, address: string, length: number): boolean {
    const { maxWaitingPerPeer, maxWaitingLengthPerPeer, maxWaitingLength } = this.#limits;
    const ofAddress = this.#addresses.get(address) ?? 0;
    if (ofAddress > 0 && ofAddress + length > maxWaitingLength * ADDRESS_PART) return false;
    const own = waiting.messages.filter((message) => message.src === src);
    if (own.length === 0) return true;
    const ownLength = own.reduce((sum, message) => sum + message.length, length);
    return own.length + 1 <= maxWaitingPerPeer * SENDER_PART && ownLength <= maxWaitingLengthPerPeer * SENDER_PART;
  }

  #remove(dst: string): readonly WaitingMessage[] {
    const waiting = this.#inOrder.get(dst) ?? this.#others.get(dst);
    if (!waiting) return [];
    this.#inOrder.delete(dst);
    this.#others.delete(dst);
    this.#length -= waiting.length;
    this.#messages -= waiting.messages.length;
    for (const { address, length } of waiting.messages) {
      const rest = (this.#addresses.get(address) ?? 0) - length;
      if (rest > 0) this.#addresses.set(address, rest);
      else this.#addresses.delete(address);
    }
    return waiting.messages;
  }
}
