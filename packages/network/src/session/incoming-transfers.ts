import { decodePacket, keys, parseJson, MAX_DEPTH, readBytes } from "@clayground/protocol";
import type { FragmentFrame } from "@clayground/protocol";
import type { TransferWire } from "./transfer-wire.ts";

/** Transfers of one sender at a time: a sender begins few, the shortest first. */
const MAX_BEGUN = 16;

/** Where a transfer's memory begins to grow, in bytes: what is announced only is not yet believed. */
const FIRST_ROOM = 64 * 1024;

/** What stands around the data: its length, and brackets. */
const TRANSFER_HEAD = 16;

interface Incoming {
  readonly id: number;
  readonly to: string | undefined;
  readonly total: number;
  buffer: Uint8Array;
  received: number;
  isTold: boolean;
}

/** What comes in, by its sender: as much memory as has really come, and no more than one message of the longest in all. */
export class IncomingTransfers {
  readonly #wire: TransferWire;
  readonly #bySender = new Map<string, Map<number, Incoming>>();

  constructor(wire: TransferWire) {
    this.#wire = wire;
  }

  received(from: string, { id, z, x, bytes }: FragmentFrame, to?: string): void {
    let transfers = this.#bySender.get(from);
    if (!transfers) this.#bySender.set(from, (transfers = new Map()));
    let transfer = transfers.get(id);
    if (x) return void transfers.delete(id);
    if (!transfer) {
      // What follows a refusal was on its way already.
      if (z === undefined) return;
      const refusal = this.#refusal(transfers, z);
      if (refusal) return this.#wire.post(to ?? from, { head: keys({ t: "k", id, ...refusal, ...as(to) }) });
      const buffer = new Uint8Array(Math.min(z, Math.max(FIRST_ROOM, bytes.length)));
      transfers.set(id, (transfer = { id, to, total: z, buffer, received: 0, isTold: true }));
    }
    if (transfer.received + bytes.length > transfer.total) {
      transfers.delete(id);
      return this.#wire.post(from, { head: keys({ t: "k", id, r: "no", ...as(to) }) });
    }
    append(transfer, bytes);
    if (transfer.isTold) queueMicrotask(() => this.#tell(from, transfer));
    transfer.isTold = false;
    if (transfer.received < transfer.total) return;
    transfers.delete(id);
    this.#deliver(from, transfer);
  }

  forget(from: string): void {
    this.#bySender.delete(from);
  }

  #refusal(transfers: ReadonlyMap<number, Incoming>, total: number): { r: string; a?: number } | undefined {
    const limit = this.#wire.maxMessageSize;
    if (total > limit + TRANSFER_HEAD) return { r: "large", a: limit };
    let sum = total;
    for (const each of transfers.values()) sum += each.total;
    return transfers.size > 0 && (sum > limit || transfers.size >= MAX_BEGUN) ? { r: "busy" } : undefined;
  }

  /** All that came in this turn at once. */
  #tell(from: string, transfer: Incoming): void {
    const { id, to, received, total } = transfer;
    transfer.isTold = true;
    if (!this.#bySender.has(from)) return;
    this.#wire.post(from, { head: keys({ t: "k", id, a: received, ...as(to) }) });
    this.#wire.progress(from, { id, received, total });
  }

  #deliver(from: string, { buffer, to }: Incoming): void {
    const { text, bytes = new Uint8Array() } = decodePacket(buffer.buffer as ArrayBuffer);
    const pair = parseJson(text, MAX_DEPTH + 1)?.value;
    const read = Array.isArray(pair) ? readBytes(pair[0], pair[1], bytes) : undefined;
    if (read) this.#wire.message(from, read[0], to);
  }
}

/** In whose name the receipt is. */
function as(to: string | undefined): { from?: string } {
  return to === undefined ? {} : { from: to };
}

function append(transfer: Incoming, bytes: Uint8Array): void {
  const end = transfer.received + bytes.length;
  if (end > transfer.buffer.length) {
    const grown = new Uint8Array(Math.min(transfer.total, Math.max(end, 2 * transfer.buffer.length)));
    grown.set(transfer.buffer.subarray(0, transfer.received));
    transfer.buffer = grown;
  }
  transfer.buffer.set(bytes, transfer.received);
  transfer.received = end;
}
