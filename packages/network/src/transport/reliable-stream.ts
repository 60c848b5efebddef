import { joinBytes, keys, plainMessage } from "@clayground/protocol";
import type { Packet } from "@clayground/protocol";

/** What can carry packets at the moment; see `PeerPath`. */
export interface StreamPath {
  /** How much may be on its way unacknowledged, in UTF-16 units and bytes; all there is when it says nothing. */
  readonly window?: number;
  /**
   * Hands a packet over. False when the path is full now: what follows waits for `writable`.
   *
   * @param cost what a host counts against its sender (SPEC.md, F15)
   */
  sendReliable(packet: Packet, cost: number): boolean;
}

/** A frame to be sent: the members of its head as JSON, each after a comma, and what belongs to it. */
export interface Outgoing {
  readonly head: string;
  readonly text?: string | undefined;
  readonly bytes?: Uint8Array | undefined;
  /** Called once it is acknowledged. */
  readonly released?: (() => void) | undefined;
}

/** What is passed on for others piles up to this, in UTF-16 units and bytes. */
const MAX_PASSED_ON = 16 * 1024 * 1024;

/** What piles up in bounds of its own: this node's messages, others', and transfers, which are bounded by their windows. */
export type Kind = "own" | "passed-on" | "transfer";

/** Received data after which an acknowledgment is due without waiting for the next ping. */
const ACK_AFTER = 64 * 1024;

/**
 * Frames of the same turn travel as one data-channel message up to this size: SCTP's cost is by the message and by the
 * packet, not by the byte. More would hold up the other channel (RFC 8831, 6.6).
 */
const MAX_BATCH = 16 * 1024;

const LIMITS: Readonly<Record<Kind, number>> = { own: Infinity, "passed-on": MAX_PASSED_ON, transfer: Infinity };

/** A frame costs once more for each of so many messages, and for each of so many UTF-16 units and bytes. */
const MESSAGES_PER_UNIT = 16;
const COST_UNIT = 512;

/** A frame with what else the stream knows of it. */
interface Entry extends Outgoing {
  /** Messages of one head in one turn share a frame. */
  readonly messages?: string[];
  /** They are the values of objects with these keys. */
  readonly names?: readonly string[] | undefined;
  readonly kind: Kind;
  size: number;
}

/**
 * The reliable lane to one node: numbered frames, each kept until the other side has acknowledged it,
 * so that they survive the path that carried them (SPEC.md, F10 and F11). To a node that numbers
 * nothing it is a plain queue.
 */
export class ReliableStream {
  readonly #isNumbered: boolean;
  #path: StreamPath | undefined;
  #isFull = false;
  /** Frames that are not acknowledged, or not sent, oldest first. */
  #entries: Entry[] = [];
  /** Number of the frame before the first of these. */
  #acknowledged = 0;
  /** How many of these the current path was given, and their size. */
  #sent = 0;
  #inFlight = 0;
  /** How many of these were ever given to a path: what is still here may grow. */
  #closed = 0;
  #queued = 0;
  readonly #waiting: Record<Kind, number> = { own: 0, "passed-on": 0, transfer: 0 };
  /** What waits for the end of the turn. */
  #held = 0;
  #received = 0;
  #unackedReceived = 0;

  /** @param isNumbered whether the other side announced that it reads numbers, and packets */
  constructor(isNumbered: boolean) {
    this.#isNumbered = isNumbered;
  }

  /** Frames that wait here or are not yet acknowledged, in UTF-16 units and bytes. */
  get queued(): number {
    return this.#queued;
  }

  /** Whether enough came in for an acknowledgment of its own. */
  get ackDue(): boolean {
    return this.#unackedReceived >= ACK_AFTER;
  }

  /** Goes on over this path: everything that was not acknowledged is sent again there. */
  attach(path: StreamPath): void {
    this.#path = path;
    this.#isFull = false;
    this.repeat();
  }

  /**
   * Queues a frame, to be sent at the end of this turn if the path takes it. Returns its number, or 0: too much waits, and
   * nothing was taken.
   *
   * @param limit of what may wait of its kind
   */
  push(frame: Outgoing, kind: Kind = "passed-on", limit: number = LIMITS[kind]): number {
    const size = frame.head.length + (frame.text?.length ?? 0) + (frame.bytes?.length ?? 0);
    return this.#take({ ...frame, size, kind }, limit);
  }

  /**
   * Queues a message, in the frame of the last one if that has the same head and keys and did not leave yet. Like `push`.
   *
   * @param names keys of an object of which `json` has the values
   */
  say(head: string, json: string, limit: number, names?: readonly string[]): number {
    const last = this.#entries.length > this.#closed ? this.#entries.at(-1) : undefined;
    const size = json.length + 1;
    if (!last?.messages || last.head !== head || last.size + size > MAX_BATCH || !areSame(last.names, names)) {
      const first = head.length + size + (names?.join().length ?? 0);
      return this.#take({ head, messages: [json], names, size: first, kind: "own" }, limit);
    }
    if (this.#waiting.own + size > limit) return 0;
    last.messages.push(json);
    last.size += size;
    this.#waiting.own += size;
    return this.#hold(size);
  }

  /** Hands over what was pushed in this turn without waiting for its end. */
  flush(): void {
    this.#held = 0;
    this.#pump();
  }

  /** The number of the last frame that the path was given. */
  get given(): number {
    return this.#acknowledged + this.#sent;
  }

  /** The number of the last frame that the other side has. */
  get acknowledgedUpTo(): number {
    return this.#acknowledged;
  }

  /** Sends again, on the same path, what it was given and has lost. */
  repeat(): void {
    this.#sent = this.#inFlight = 0;
    this.#pump();
  }

  /** The path has room again. */
  writable(): void {
    this.#isFull = false;
    this.#pump();
  }

  /** The other side has everything up to `n`. False when it claims what was never sent. */
  acknowledge(n: number): boolean {
    if (n > this.#acknowledged + this.#closed) return false;
    this.#release(n - this.#acknowledged);
    this.#pump();
    return true;
  }

  /** Whether a frame numbered `n` is the next one. Any other was had before, or follows one that was lost: it comes again. */
  accept(n: number | undefined, size: number): boolean {
    if (!this.#isNumbered || n === undefined) return true;
    if (n !== this.#received + 1) return false;
    this.#received = n;
    this.#unackedReceived += size;
    return true;
  }

  /** The number of the last frame received in order. */
  get received(): number {
    return this.#received;
  }

  /** The other side is told what was received. */
  acknowledged(): void {
    this.#unackedReceived = 0;
  }

  #take(entry: Entry, limit: number): number {
    const { size, kind } = entry;
    // Where nothing waits, one frame of any size is taken: the limit is for what piles up.
    if (this.#waiting[kind] > 0 && this.#waiting[kind] + size > limit) return 0;
    this.#entries.push(entry);
    this.#waiting[kind] += size;
    return this.#hold(size);
  }

  #hold(size: number): number {
    const number = this.#acknowledged + this.#entries.length;
    this.#queued += size;
    if (this.#held === 0) queueMicrotask(() => this.flush());
    this.#held += size;
    if (this.#held <= MAX_BATCH) return number;
    // The last one may still grow in this turn.
    this.#pump(1);
    this.#held = 1;
    return number;
  }

  /** Hands over as much as the path takes, but for the last so many. */
  #pump(keep = 0): void {
    const entries = this.#entries;
    const path = this.#path;
    const window = path?.window ?? Infinity;
    while (path && !this.#isFull && this.#sent < entries.length - keep && this.#inFlight < window) {
      const first = this.#sent++;
      let { size } = entries[first]!;
      while (this.#sent < entries.length - keep && size + entries[this.#sent]!.size <= MAX_BATCH)
        size += entries[this.#sent++]!.size;
      this.#inFlight += size;
      this.#closed = Math.max(this.#closed, this.#sent);
      const frames = entries.slice(first, this.#sent);
      let hasRoom = true;
      if (this.#isNumbered)
        hasRoom = path.sendReliable(
          toPacket(frames, this.#acknowledged + first + 1, this.#takeAck()),
          frames.reduce(addCost, 0),
        );
      else for (const text of toPlain(frames)) hasRoom = path.sendReliable({ text }, 0);
      // A path that breaks under our hands has been replaced by now.
      if (path !== this.#path) return;
      this.#isFull = !hasRoom;
    }
    if (!this.#isNumbered) this.#release(this.#sent);
  }

  /** An acknowledgment to go with what is sent anyway, if there is much to acknowledge. */
  #takeAck(): number | undefined {
    if (this.#unackedReceived < ACK_AFTER / 2) return undefined;
    this.#unackedReceived = 0;
    return this.#received;
  }

  /** Forgets the first so many frames. */
  #release(count: number): void {
    if (count <= 0) return;
    const released = this.#entries.splice(0, count);
    for (const [i, { size, kind }] of released.entries()) {
      this.#queued -= size;
      this.#waiting[kind] -= size;
      if (i < this.#sent) this.#inFlight -= size;
    }
    this.#acknowledged += count;
    this.#sent = Math.max(0, this.#sent - count);
    this.#closed = Math.max(0, this.#closed - count);
    for (const entry of released) entry.released?.();
  }
}

function areSame(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one === other || (one?.length === other?.length && !!one?.every((name, i) => name === other?.[i]));
}

/** What a frame costs where others may suffer from it: transfers are paced by their receivers, mail has a budget of its own. */
function addCost(sum: number, { kind, messages, size }: Entry): number {
  return sum + (kind === "own" ? frameCost(messages?.length ?? 1, size) : kind === "transfer" ? 1 : 0);
}

/** What a frame of so many messages costs at a host (SPEC.md, F15). @param size in UTF-16 units and bytes */
export function frameCost(messages: number, size: number): number {
  return 1 + (messages - 1) / MESSAGES_PER_UNIT + size / COST_UNIT;
}

/** Frames as one packet: a line of their heads, what belongs to each in a line of its own, and all bytes. */
function toPacket(entries: readonly Entry[], firstNumber: number, ack: number | undefined): Packet {
  let heads = "";
  let lines = "";
  const bytes: Uint8Array[] = [];
  for (const [i, { head, messages, names, text, bytes: own }] of entries.entries()) {
    const more = messages ? keys({ c: messages.length, r: names && 1 }) : "";
    heads += `${i > 0 ? "," : ""}{"n":${firstNumber + i}${head}${more}}`;
    if (messages) lines += `\n[${names ? `${JSON.stringify(names)},` : ""}${messages.join()}]`;
    else if (text !== undefined) lines += `\n${text}`;
    if (own) bytes.push(own);
  }
  if (ack !== undefined) heads += `,{"t":"a","a":${ack}}`;
  return {
    text: (entries.length > 1 || ack !== undefined ? `[${heads}]` : heads) + lines,
    bytes: bytes.length > 0 ? joinBytes(bytes) : undefined,
  };
}

/** Frames as existing apps read them, one by one. */
function toPlain(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ head, messages }) =>
    messages ? messages.map((json) => plainMessage(head, json)) : [`{${head.slice(1)}}`],
  );
}
