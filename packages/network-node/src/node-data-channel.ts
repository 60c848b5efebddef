import type { PlatformDataChannel } from "@clayground/network";
import { leftovers } from "./leftovers.ts";
import type { NativeDataChannel } from "./native.ts";
import { shield } from "./shield.ts";
import type { Report } from "./shield.ts";

/** A data channel of libdatachannel with W3C's interface. */
export class NodeDataChannel implements PlatformDataChannel {
  readonly label: string;
  binaryType = "arraybuffer" as const;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onbufferedamountlow: (() => void) | null = null;

  /** `undefined` once closed, so that the garbage collector can free it (see `leftovers.ts`). */
  #native: NativeDataChannel | undefined;
  readonly #report: Report;
  readonly #forget: (channel: NodeDataChannel) => void;
  #readyState: PlatformDataChannel["readyState"] = "connecting";
  #isSilent = false;
  #threshold = 0;

  /** `forget` is called once, when the channel is closed. */
  constructor(native: NativeDataChannel, label: string, report: Report, forget: (channel: NodeDataChannel) => void) {
    this.label = label;
    this.#native = native;
    this.#report = report;
    this.#forget = forget;
    // In this order: when several wait, they are delivered in the order of registration, and what was sent
    // before the close must come first. Without onClosed the binding never frees the channel.
    native.onOpen(shield(report, () => this.#opened()));
    native.onMessage(shield(report, (data) => this.#received(data)));
    native.onBufferedAmountLow(shield(report, () => this.#emit(() => this.onbufferedamountlow?.())));
    native.onError(shield(report, (text) => this.#emit(() => this.onerror?.(new Error(text)))));
    native.onClosed(shield(report, () => this.#freed()));
    leftovers.channelMade(this);
    // A channel that the other side made is open already, and its onOpen may have been missed.
    if (native.isOpen()) {
      this.#readyState = "open";
      setImmediate(() => this.#emit(() => this.onopen?.()));
    }
  }

  get readyState(): PlatformDataChannel["readyState"] {
    return this.#readyState;
  }

  get bufferedAmount(): number {
    return this.#native?.bufferedAmount() ?? 0;
  }

  get bufferedAmountLowThreshold(): number {
    return this.#threshold;
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.#threshold = bytes;
    this.#native?.setBufferedAmountLowThreshold(bytes);
  }

  /** Throws when the channel is not open or the data is larger than the remote accepts. */
  send(data: string | Uint8Array): void {
    const native = this.#native;
    if (!native || this.#readyState !== "open") throw new Error(`The data channel is ${this.#readyState}, not open.`);
    // What they return is not whether it was sent: false means that it waits in the buffer.
    if (typeof data === "string") native.sendMessage(data);
    else native.sendMessageBinary(data);
  }

  /** Closes it; what was sent before still arrives, then `onclose` comes at both ends. */
  close(): void {
    if (this.#readyState === "closing" || this.#readyState === "closed") return;
    this.#readyState = "closing";
    this.#native?.close();
    this.#native = undefined;
  }

  /** The connection closes: nothing is delivered any more. */
  silence(): void {
    this.#isSilent = true;
    this.close();
    this.#readyState = "closed";
  }

  /** The channel, or the connection under it, is over. */
  ended(): void {
    this.#native = undefined;
    if (this.#readyState === "closed") return;
    this.#readyState = "closed";
    this.#forget(this);
    this.#emit(() => this.onclose?.());
  }

  #freed(): void {
    leftovers.channelFreed(this);
    this.ended();
  }

  #opened(): void {
    if (this.#readyState !== "connecting") return;
    this.#readyState = "open";
    this.#emit(() => this.onopen?.());
  }

  #received(data: string | Buffer | ArrayBuffer): void {
    this.#opened();
    if (this.#readyState === "closed") return;
    this.#emit(() => this.onmessage?.({ data: typeof data === "string" ? data : toArrayBuffer(data) }));
  }

  #emit(call: () => void): void {
    if (!this.#isSilent) shield(this.#report, call)();
  }
}

function toArrayBuffer(data: Buffer | ArrayBuffer): ArrayBuffer {
  if (data instanceof ArrayBuffer) return data;
  const { buffer, byteLength } = data;
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) return buffer;
  return Uint8Array.from(data).buffer;
}
