import { packetsOf } from "./link-direction.ts";
import type { LinkDirection } from "./link-direction.ts";
import type { SendWindow } from "./send-window.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** One way from one machine to another. */
export interface Route {
  readonly clock: VirtualClock;
  readonly there: LinkDirection;
  readonly back: LinkDirection;
  readonly from: { readonly isAlive: boolean };
  readonly to: { readonly isAlive: boolean };
}

/** As in W3C's `RTCDataChannelInit`; without `maxRetransmits` nothing is lost. */
export interface FlowInit {
  readonly ordered: boolean;
  readonly maxRetransmits?: number;
}

export interface FlowHandlers<T> {
  /** Bytes left the send buffer. */
  sent?(bytes: number): void;
  arrived(payload: T): void;
  /** All that was sent has arrived or is given up. */
  idle?(): void;
}

/** libdatachannel's bounds of the retransmission timeout (RFC 9260, 6.3.1), in milliseconds. */
const RTO_MIN = 200;
const RTO_MAX = 10_000;

interface Message<T> {
  readonly number: number;
  readonly bytes: number;
  readonly payload: T;
  /** Packets that the receiver does not have yet; only these are sent again. */
  missing: number;
  retransmits: number;
}

/**
 * Messages one way over one stream, as SCTP or TCP carries them: a loss costs a retransmission timeout,
 * doubled each time, or the message itself once `maxRetransmits` are used up.
 */
export class PacketFlow<T> {
  readonly #route: Route;
  readonly #window: SendWindow;
  readonly #init: FlowInit;
  readonly #handlers: FlowHandlers<T>;
  #isSending = true;
  #isReceiving = true;
  #nextNumber = 0;
  /** Sent, and not yet acknowledged or given up. */
  #unsettled = 0;
  #nextToDeliver = 0;
  /** Came before its turn; `undefined` stands for one that was given up. */
  readonly #early = new Map<number, Message<T> | undefined>();

  constructor(route: Route, window: SendWindow, init: FlowInit, handlers: FlowHandlers<T>) {
    this.#route = route;
    this.#window = window;
    this.#init = init;
    this.#handlers = handlers;
  }

  get isIdle(): boolean {
    return this.#unsettled === 0;
  }

  send(payload: T, bytes: number): void {
    const message: Message<T> = {
      number: this.#nextNumber++,
      bytes,
      payload,
      missing: packetsOf(bytes),
      retransmits: 0,
    };
    this.#unsettled++;
    this.#window.admit(bytes, () => {
      if (this.#canSend) this.#route.there.enqueue(bytes, () => this.#leave(message));
      else this.#settle(message);
    });
  }

  /** The sender is gone: what has not left stays, what is on its way arrives, nothing is repeated. */
  stopSending(): void {
    this.#isSending = false;
  }

  /** The receiver is gone. */
  stopReceiving(): void {
    this.#isReceiving = false;
  }

  get #canSend(): boolean {
    return this.#isSending && this.#route.from.isAlive;
  }

  #leave(message: Message<T>): void {
    // W3C lets bufferedAmount fall only in a later task.
    this.#route.clock.schedule(0, () => {
      if (this.#canSend) this.#handlers.sent?.(message.bytes);
    });
    this.#transmit(message);
  }

  #transmit(message: Message<T>): void {
    if (!this.#canSend) return this.#settle(message);
    const { there, clock } = this.#route;
    const lost = there.drawLosses(message.missing);
    if (lost > 0) return this.#lost(message, lost);
    clock.schedule(there.drawDelay(), () => this.#arrive(message));
    // SCTP drops duplicates, and so does this, except where the application is to see a network's worst.
    if (!this.#init.ordered && this.#init.maxRetransmits === 0 && there.duplicates()) {
      clock.schedule(there.drawDelay(), () => {
        if (!there.isCut) this.#deliver(message.payload);
      });
    }
  }

  #arrive(message: Message<T>): void {
    const { there, to } = this.#route;
    if (there.isCut || !to.isAlive) return this.#lost(message, message.missing);
    if (!this.#init.ordered) this.#deliver(message.payload);
    else this.#inOrder(message.number, message);
    this.#acknowledge(message);
  }

  #lost(message: Message<T>, packets: number): void {
    const { clock, there } = this.#route;
    if (message.retransmits >= (this.#init.maxRetransmits ?? Infinity)) {
      if (this.#init.ordered) clock.schedule(there.delay, () => this.#inOrder(message.number, undefined));
      clock.schedule(this.#timeout(0), () => this.#settle(message));
      return;
    }
    message.missing = packets;
    clock.schedule(this.#timeout(message.retransmits), () => {
      message.retransmits++;
      this.#transmit(message);
    });
  }

  #timeout(tries: number): number {
    const { there, back } = this.#route;
    return Math.min(RTO_MAX, Math.max(RTO_MIN, 2 * (there.delay + back.delay)) * 2 ** Math.min(tries, 10));
  }

  #acknowledge(message: Message<T>, tries = 0): void {
    const { clock, back } = this.#route;
    clock.schedule(back.delay, () => {
      if (back.isCut && this.#canSend)
        clock.schedule(this.#timeout(tries), () => this.#acknowledge(message, tries + 1));
      else this.#settle(message);
    });
  }

  #settle(message: Message<T>): void {
    this.#unsettled--;
    this.#window.release(message.bytes);
    if (this.#unsettled === 0 && this.#canSend) this.#handlers.idle?.();
  }

  #inOrder(number: number, message: Message<T> | undefined): void {
    this.#early.set(number, message);
    while (this.#early.has(this.#nextToDeliver)) {
      const next = this.#early.get(this.#nextToDeliver);
      this.#early.delete(this.#nextToDeliver++);
      if (next) this.#deliver(next.payload);
    }
  }

  #deliver(payload: T): void {
    if (this.#isReceiving && this.#route.to.isAlive) this.#handlers.arrived(payload);
  }
}
