import { numbered } from "@clayground/protocol";

/** What can carry frames at the moment; see `PeerPath`. */
export interface StreamPath {
  /** Hands a frame over. False when the path is full now: what follows waits for `writable`. */
  sendReliable(frame: string): boolean;
}

/**
 * Frames waiting and unacknowledged, in UTF-16 units. Chromium closes a data channel whose own queue
 * passes 16 MiB; what the path does not take stays here, bounded by the same amount.
 */
const MAX_QUEUE = 16 * 1024 * 1024;

/** Received data after which an acknowledgment is due without waiting for the next ping. */
const ACK_AFTER = 64 * 1024;

interface Entry {
  readonly n: number;
  readonly frame: string;
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
  #entries: Entry[] = [];
  /** Entries before this index are acknowledged and gone; compacted now and then. */
  #head = 0;
  /** Entries before this index were handed to the current path. */
  #sent = 0;
  #queued = 0;
  #next = 1;
  #received = 0;
  #unackedReceived = 0;

  /** @param isNumbered whether the other side announced that it reads numbers */
  constructor(isNumbered: boolean) {
    this.#isNumbered = isNumbered;
  }

  /** The number of the last frame received in order. */
  get received(): number {
    return this.#received;
  }

  /** Frames that wait here or are not yet acknowledged, in UTF-16 units. */
  get queued(): number {
    return this.#queued;
  }

  /** Whether enough came in for an acknowledgment of its own. */
  get ackDue(): boolean {
    return this.#isNumbered && this.#unackedReceived >= ACK_AFTER;
  }

  /** Goes on over this path: everything that was not acknowledged is sent again there. */
  attach(path: StreamPath): void {
    this.#path = path;
    this.#sent = this.#head;
    this.writable();
  }

  detach(): void {
    this.#path = undefined;
  }

  /** Queues a frame and sends it if the path takes it. False: the queue is full, and nothing was taken. */
  push(frame: string): boolean {
    // An idle stream takes one frame of any size: the limit is for what piles up.
    if (this.#queued > 0 && this.#queued + frame.length > MAX_QUEUE) return false;
    const n = this.#next++;
    const entry = { n, frame: this.#isNumbered ? numbered(frame, n) : frame };
    this.#entries.push(entry);
    this.#queued += entry.frame.length;
    this.#pump();
    return true;
  }

  /** The path has room again. */
  writable(): void {
    this.#isFull = false;
    this.#pump();
  }

  /** The other side has everything up to `n`. False when it claims what was never sent. */
  acknowledge(n: number): boolean {
    if (n >= this.#next) return false;
    this.#release(n);
    return true;
  }

  /** Whether a frame numbered `n` is the next one, was had before, or leaves a gap that cannot be filled. */
  accept(n: number | undefined, size: number): "new" | "old" | "gap" {
    if (!this.#isNumbered || n === undefined) return "new";
    if (n <= this.#received) return "old";
    if (n !== this.#received + 1) return "gap";
    this.#received = n;
    this.#unackedReceived += size;
    return "new";
  }

  /** An acknowledgment is on its way. */
  acknowledged(): number {
    this.#unackedReceived = 0;
    return this.#received;
  }

  /** Hands over as much as the path takes. */
  #pump(): void {
    while (this.#path && !this.#isFull && this.#sent < this.#entries.length) {
      const { n, frame } = this.#entries[this.#sent++]!;
      this.#isFull = !this.#path.sendReliable(frame);
      if (!this.#isNumbered) this.#release(n);
    }
  }

  #release(n: number): void {
    for (let entry = this.#entries[this.#head]; entry && entry.n <= n; entry = this.#entries[++this.#head])
      this.#queued -= entry.frame.length;
    this.#sent = Math.max(this.#sent, this.#head);
    if (this.#head > 1024 || this.#head === this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#sent -= this.#head;
      this.#head = 0;
    }
  }
}
