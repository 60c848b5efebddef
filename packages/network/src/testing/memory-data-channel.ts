import type { PlatformDataChannel } from "../platform/platform.ts";
import type { Association, ChannelData, Endpoint } from "./association.ts";
import type { FlowInit, PacketFlow } from "./packet-flow.ts";

/** What Chromium, Firefox and libdatachannel announce as `max-message-size`, in bytes. */
export const MAX_MESSAGE_BYTES = 262_144;

/** Chromium's `send()` throws when more than this waits in one channel, in bytes. */
const MAX_BUFFERED = 16 * 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A data channel that behaves as W3C's does, over an {@link Association}. */
export class MemoryDataChannel implements PlatformDataChannel {
  readonly label: string;
  readonly key: string;
  readonly init: FlowInit;
  bufferedAmountLowThreshold = 0;
  binaryType = "arraybuffer" as const;
  onopen: PlatformDataChannel["onopen"] = null;
  onclose: PlatformDataChannel["onclose"] = null;
  onerror: PlatformDataChannel["onerror"] = null;
  onmessage: PlatformDataChannel["onmessage"] = null;
  onbufferedamountlow: PlatformDataChannel["onbufferedamountlow"] = null;
  readonly #end: Endpoint;
  #readyState: PlatformDataChannel["readyState"] = "connecting";
  #bufferedAmount = 0;
  #association: Association | undefined;
  #flow: PacketFlow<ChannelData> | undefined;
  /** Messages that came before the open event. */
  #early: ChannelData["data"][] | undefined = [];
  #hasReset = false;

  constructor(end: Endpoint, key: string, label: string, init: FlowInit) {
    this.#end = end;
    this.key = key;
    this.label = label;
    this.init = init;
  }

  get readyState(): PlatformDataChannel["readyState"] {
    return this.#readyState;
  }

  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    if (this.#readyState !== "open") throw new DOMException(`The channel is ${this.#readyState}`, "InvalidStateError");
    // A copy: what the caller does to its bytes afterwards does not change what was sent.
    const bytes = typeof data === "string" ? encoder.encode(data) : data.slice();
    const size = bytes.byteLength;
    if (size > MAX_MESSAGE_BYTES)
      throw new TypeError(`${size} bytes are more than the remote accepts (${MAX_MESSAGE_BYTES})`);
    if (this.#bufferedAmount + size > MAX_BUFFERED) throw new DOMException("The send queue is full", "OperationError");
    this.#bufferedAmount += size;
    this.#flow?.send({ key: this.key, data: typeof data === "string" ? decoder.decode(bytes) : bytes.buffer }, size);
  }

  close(): void {
    if (this.#readyState === "closing" || this.#readyState === "closed") return;
    const wasOpen = this.#readyState === "open";
    this.#readyState = "closing";
    if (!wasOpen) this.#end.machine.later(() => this.#closed());
    else if (this.#flow?.isIdle) this.#reset();
  }

  /** SCTP is up. `isAnnounced`: the other side made this channel, and knows of it. */
  attach(association: Association, isAnnounced: boolean): void {
    if (this.#readyState !== "connecting") return;
    this.#association = association;
    this.#flow = association.openFlow(
      this.#end,
      this.init,
      (bytes) => this.#sent(bytes),
      () => this.#idle(),
    );
    if (isAnnounced) {
      // W3C, 6.2: open before the datachannel event, the open event after it.
      this.#readyState = "open";
    } else {
      association.sendControl(this.#end, { type: "open", key: this.key, label: this.label, init: this.init });
      this.#end.machine.later(() => this.announceOpen());
    }
  }

  /** Fires the open event, then what came before it. */
  announceOpen(): void {
    if (this.#readyState === "closing" || this.#readyState === "closed") return;
    this.#readyState = "open";
    this.#end.machine.call(() => this.onopen?.());
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const data of early) this.receive(data);
  }

  receive(data: ChannelData["data"]): void {
    if (this.#early) this.#early.push(data);
    else if (this.#readyState === "open") this.#end.machine.call(() => this.onmessage?.({ data }));
  }

  /** The other side reset its stream: it has closed the channel, or agrees that it is closed. */
  remoteReset(): void {
    if (this.#readyState === "closed") return;
    this.#readyState = "closing";
    this.#reset();
    this.#end.machine.later(() => this.#closed());
  }

  /** The other side closed the whole connection. */
  remoteAborted(): void {
    this.#end.machine.later(() => {
      if (this.#readyState === "closed") return;
      this.#end.machine.call(() =>
        this.onerror?.({ error: new DOMException("The remote closed the connection", "OperationError") }),
      );
      this.#closed();
    });
  }

  /**
   * This side closed the whole connection: no event, and nothing more goes out (W3C, 4.4.2, close). What is on its way
   * arrives before the abort that follows it.
   */
  cutOff(): void {
    this.#readyState = "closed";
    this.#flow?.stopSending();
  }

  #sent(bytes: number): void {
    const before = this.#bufferedAmount;
    this.#bufferedAmount -= bytes;
    const low = this.bufferedAmountLowThreshold;
    if (before > low && this.#bufferedAmount <= low) this.#end.machine.call(() => this.onbufferedamountlow?.());
  }

  #idle(): void {
    if (this.#readyState === "closing") this.#reset();
  }

  #reset(): void {
    if (this.#hasReset) return;
    this.#hasReset = true;
    this.#association?.sendControl(this.#end, { type: "reset", key: this.key });
  }

  #closed(): void {
    if (this.#readyState === "closed") return;
    this.#readyState = "closed";
    this.#drop();
    this.#end.machine.call(() => this.onclose?.());
  }

  #drop(): void {
    if (this.#flow) this.#association?.dropFlow(this.#end, this.#flow);
    this.#early = [];
  }
}
