import type { PlatformDataChannel } from "../platform/platform.ts";

/** When a lane says that it is full, and when that it has room again, in bytes of the channel's queue. */
export interface Watermarks {
  readonly high: number;
  readonly low: number;
}

/**
 * 1 MiB keeps a channel busy at 40 MB/s with 25 ms of queue, and is far from the 16 MiB at which
 * Chromium closes the channel.
 */
export const BULK_WATERMARKS: Watermarks = { high: 1024 * 1024, low: 256 * 1024 };

/** What a lane tells its owner. Nothing is called any more once `close()` was. */
export interface LaneHandlers {
  open(): void;
  data(data: string | ArrayBuffer): void;
  writable(): void;
  closed(): void;
}

/** One data channel with two water marks. */
export class DataChannelLane {
  readonly #channel: PlatformDataChannel;
  readonly #handlers: LaneHandlers;
  readonly #high: number;

  constructor(channel: PlatformDataChannel, watermarks: Watermarks, handlers: LaneHandlers) {
    this.#channel = channel;
    this.#handlers = handlers;
    this.#high = watermarks.high;
    channel.binaryType = "arraybuffer";
    channel.bufferedAmountLowThreshold = watermarks.low;
    channel.onmessage = ({ data }) => handlers.data(data);
    channel.onbufferedamountlow = () => handlers.writable();
    channel.onclose = () => handlers.closed();
    // W3C: an error is always followed by the close event.
    channel.onerror = () => {};
    // A channel that the other side made may be open already: the owner asks `isOpen`.
    channel.onopen = () => handlers.open();
  }

  get isOpen(): boolean {
    return this.#channel.readyState === "open";
  }

  /** Bytes that wait in the channel. */
  get backlog(): number {
    return this.#channel.bufferedAmount;
  }

  /** Hands data to the channel. False when the high mark is passed or the channel is no longer open. */
  send(data: string | Uint8Array): boolean {
    // Who waits at the high mark never comes this far; answers to a flood of pings would.
    if (!this.isOpen || this.backlog > 4 * this.#high) return false;
    try {
      this.#channel.send(data);
    } catch {
      // It closed under our hands, or takes no message of this size: what follows would lack this one.
      this.#handlers.closed();
      return false;
    }
    return this.backlog < this.#high;
  }

  close(): void {
    const channel = this.#channel;
    channel.onopen = channel.onmessage = channel.onbufferedamountlow = channel.onclose = null;
    channel.close();
  }
}
