import { joinFrames, numbered } from "@clayground/protocol";

/** What can carry frames at the moment; see `PeerPath`. */
export interface StreamPath {
  /** How much may be on its way unacknowledged, in UTF-16 units; all there is when it says nothing. */
  readonly window?: number;
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

/**
 * Frames of the same turn travel as one data-channel message up to this size: SCTP's cost is by the message and by the
 * packet, not by the byte. More would hold up the other channel (RFC 8831, 6.6).
 */
const MAX_BATCH = 16 * 1024;

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
  #frames: string[] = [];
  /** Number of the frame before the first of these. */
  #acknowledged = 0;
  /** How many of these the current path was given, and their UTF-16 units. */
  #sent = 0;
  #inFlight = 0;
  #queued = 0;
  /** UTF-16 units that wait for the end of the turn. */
  #held = 0;
  #received = 0;
  #unackedReceived = 0;

  /** @param isNumbered whether the other side announced that it reads numbers, and batches */
  constructor(isNumbered: boolean) {
    this.#isNumbered = isNumbered;
  }

  /** Frames that wait here or are not yet acknowledged, in UTF-16 units. */
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

  detach(): void {
    this.#path = undefined;
  }

  /** Queues a frame, to be sent at the end of this turn if the path takes it. False: the queue is full, and nothing was taken. */
  push(frame: string): boolean {
    // An idle stream takes one frame of any size: the limit is for what piles up.
    if (this.#queued > 0 && this.#queued + frame.length > MAX_QUEUE) return false;
    const text = this.#isNumbered ? numbered(frame, this.#acknowledged + this.#frames.length + 1) : frame;
    this.#frames.push(text);
    this.#queued += text.length;
    if (this.#held === 0) queueMicrotask(() => this.flush());
    this.#held += text.length;
    if (this.#held > MAX_BATCH) this.flush();
    return true;
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
    if (n > this.#acknowledged + this.#frames.length) return false;
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

  /** Hands over as much as the path takes. */
  #pump(): void {
    const frames = this.#frames;
    const path = this.#path;
    const window = path?.window ?? Infinity;
    while (path && !this.#isFull && this.#sent < frames.length && this.#inFlight < window) {
      const first = this.#sent++;
      let size = frames[first]!.length;
      while (this.#isNumbered && this.#sent < frames.length && size + frames[this.#sent]!.length <= MAX_BATCH)
        size += frames[this.#sent++]!.length;
      this.#inFlight += size;
      const hasRoom = path.sendReliable(joinFrames(frames.slice(first, this.#sent)));
      // A path that breaks under our hands has been replaced by now.
      if (path !== this.#path) return;
      this.#isFull = !hasRoom;
    }
    if (!this.#isNumbered) this.#release(this.#sent);
  }

  /** Forgets the first so many frames. */
  #release(count: number): void {
    if (count <= 0) return;
    for (const [i, frame] of this.#frames.splice(0, count).entries()) {
      this.#queued -= frame.length;
      if (i < this.#sent) this.#inFlight -= frame.length;
    }
    this.#acknowledged += count;
    this.#sent = Math.max(0, this.#sent - count);
  }
}
