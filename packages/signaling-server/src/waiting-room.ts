import { detached } from "./detached.ts";
import type { RealmLimits } from "./limits.ts";

interface Message {
  readonly src: string;
  readonly text: string;
}

interface Waiting {
  /** Frames, ready to send, with the client that each came from. */
  readonly messages: Message[];
  readonly until: number;
  length: number;
}

type WaitingLimits = Pick<RealmLimits, "maxWaitingPerPeer" | "maxWaitingLengthPerPeer" | "maxWaitingLength">;

/** Messages for ids that are not here, bounded in number, length and time. */
export class WaitingRoom {
  readonly #limits: WaitingLimits;
  // Ids that all wait equally long are in order of time: to find what expires, only that is looked at.
  readonly #inOrder = new Map<string, Waiting>();
  readonly #others = new Map<string, Waiting>();
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

  /** Characters of all that waits. */
  get length(): number {
    return this.#length;
  }

  /**
   * Keeps a message. The first one for an id sets how long all of them wait. `false` when there is no room.
   *
   * @param isInOrder whether `until` is never before that of an earlier message that was in order
   */
  add(dst: string, { src, text }: Message, until: number, isInOrder: boolean): boolean {
    const known = this.#inOrder.get(dst) ?? this.#others.get(dst);
    const waiting = known ?? { messages: [], until, length: 0 };
    const { maxWaitingPerPeer, maxWaitingLengthPerPeer, maxWaitingLength } = this.#limits;
    if (waiting.messages.length >= maxWaitingPerPeer) return false;
    if (waiting.length + text.length > maxWaitingLengthPerPeer) return false;
    if (this.#length + text.length > maxWaitingLength) return false;
    if (!known) (isInOrder ? this.#inOrder : this.#others).set(dst, waiting);
    waiting.messages.push({ src, text: detached(text) });
    waiting.length += text.length;
    this.#length += text.length;
    this.#messages += 1;
    return true;
  }

  /** Removes and returns what waits for an id, in the order it came. */
  take(dst: string): readonly string[] {
    return this.#remove(dst).map(({ text }) => text);
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

  #remove(dst: string): readonly Message[] {
    const waiting = this.#inOrder.get(dst) ?? this.#others.get(dst);
    if (!waiting) return [];
    this.#inOrder.delete(dst);
    this.#others.delete(dst);
    this.#length -= waiting.length;
    this.#messages -= waiting.messages.length;
    return waiting.messages;
  }
}
