interface Waiting {
  /** Frames, ready to send, with the client that each came from. */
  readonly messages: { readonly src: string; readonly text: string }[];
  readonly until: number;
}

/** Messages for ids that are not here, bounded in number, length and time. */
export class WaitingRoom {
  readonly #waiting = new Map<string, Waiting>();
  readonly #maxPerPeer: number;
  readonly #maxLength: number;
  #length = 0;

  constructor(maxPerPeer: number, maxLength: number) {
    this.#maxPerPeer = maxPerPeer;
    this.#maxLength = maxLength;
  }

  /** Whether nobody waits. */
  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Characters of all that waits. */
  get length(): number {
    return this.#length;
  }

  /** Keeps a message. The first one for an id sets how long all of them wait. `false` when there is no room. */
  add(dst: string, src: string, text: string, until: number): boolean {
    const waiting = this.#waiting.get(dst) ?? { messages: [], until };
    if (waiting.messages.length >= this.#maxPerPeer || this.#length + text.length > this.#maxLength) return false;
    waiting.messages.push({ src, text });
    this.#waiting.set(dst, waiting);
    this.#length += text.length;
    return true;
  }

  /** Removes and returns what waits for an id, in the order it came. */
  take(dst: string): readonly string[] {
    return this.#remove(dst).map(({ text }) => text);
  }

  /** Removes what has waited long enough; returns each pair of sender and absent id once. */
  expire(now: number): readonly { readonly src: string; readonly dst: string }[] {
    const expired: { src: string; dst: string }[] = [];
    for (const [dst, { until }] of this.#waiting) {
      if (until > now) continue;
      for (const src of new Set(this.#remove(dst).map((message) => message.src))) expired.push({ src, dst });
    }
    return expired;
  }

  #remove(dst: string): Waiting["messages"] {
    const { messages } = this.#waiting.get(dst) ?? { messages: [] };
    this.#waiting.delete(dst);
    for (const { text } of messages) this.#length -= text.length;
    return messages;
  }
}
