import { ByteReader, joinBytes, keys, parseJson, readBytes, takeText } from "@clayground/protocol";
import type { FragmentFrame } from "@clayground/protocol";
import { FREE_TABLE } from "./payload.ts";
import type { TransferWire } from "./transfer-wire.ts";

/** Transfers of one sender at a time: a sender begins few, the shortest first. */
const MAX_BEGUN = 16;

/** A receipt goes out after so many bytes, also when none was asked for. */
const TELL_AFTER = 1024 * 1024;

/** Parts smaller than this are put together, in bytes: each costs memory of its own. */
const SMALL_PART = 4 * 1024;

interface Incoming {
  readonly id: number;
  readonly to: string | undefined;
  readonly total: number;
  readonly parts: Uint8Array[];
  received: number;
  told: number;
  isTelling: boolean;
}

/** What comes in, by its sender: as much memory as has really come, and no more than one message of the longest in all. */
export class IncomingTransfers {
  readonly #wire: TransferWire;
  readonly #bySender = new Map<string, Map<number, Incoming>>();

  constructor(wire: TransferWire) {
    this.#wire = wire;
  }

  received(from: string, { id, z, x, w, bytes }: FragmentFrame, to?: string): void {
    let transfers = this.#bySender.get(from);
    if (!transfers) this.#bySender.set(from, (transfers = new Map()));
    let transfer = transfers.get(id);
    if (x) return void transfers.delete(id);
    if (!transfer) {
      // What follows a refusal was on its way already.
      if (z === undefined) return;
      const refusal = this.#refusal(transfers, z);
      if (refusal) return this.#wire.post(from, { head: keys({ t: "k", id, ...refusal, ...as(to) }) });
      transfers.set(id, (transfer = { id, to, total: z, parts: [], received: 0, told: 0, isTelling: false }));
    }
    if (transfer.received + bytes.length > transfer.total || bytes.length === 0) {
      transfers.delete(id);
      return this.#wire.post(from, { head: keys({ t: "k", id, r: "no", ...as(to) }) });
    }
    keep(transfer, bytes);
    const isWhole = transfer.received === transfer.total;
    if ((w || isWhole || transfer.received - transfer.told > TELL_AFTER) && !transfer.isTelling) {
      transfer.isTelling = true;
      queueMicrotask(() => this.#tell(from, transfer));
    }
    if (!isWhole) return;
    transfers.delete(id);
    // The receipt goes first: putting a large one together takes its time.
    queueMicrotask(() => queueMicrotask(() => this.#deliver(from, transfer)));
  }

  forget(from: string): void {
    this.#bySender.delete(from);
  }

  #refusal(transfers: ReadonlyMap<number, Incoming>, total: number): { r: string; a?: number } | undefined {
    const limit = this.#wire.maxMessageSize;
    if (total > limit + FREE_TABLE + 4) return { r: "large", a: limit };
    let sum = total;
    for (const each of transfers.values()) sum += each.total;
    return transfers.size > 0 && (sum > limit + FREE_TABLE || transfers.size >= MAX_BEGUN) ? { r: "busy" } : undefined;
  }

  /** All that came in this turn at once. */
  #tell(from: string, transfer: Incoming): void {
    const { id, to, received, total } = transfer;
    transfer.isTelling = false;
    transfer.told = received;
    if (!this.#bySender.has(from)) return;
    this.#wire.post(from, { head: keys({ t: "k", id, a: received, ...as(to) }) });
    this.#wire.progress(from, { id, received, total });
  }

  #deliver(from: string, { parts, to }: Incoming): void {
    const reader = new ByteReader(parts);
    const pair = parseJson(takeText(reader) ?? "")?.value;
    const read = Array.isArray(pair) ? readBytes(pair[0], pair[1], reader) : undefined;
    if (read) this.#wire.message(from, read[0], to);
  }
}

/** In whose name the receipt is. */
function as(to: string | undefined): { from?: string } {
  return to === undefined ? {} : { from: to };
}

/** A part stays where it came; small ones, of a slow way or a bad sender, are put together. */
function keep(transfer: Incoming, bytes: Uint8Array): void {
  const { parts } = transfer;
  transfer.received += bytes.length;
  const last = parts.at(-1);
  if (last && last.length + bytes.length <= SMALL_PART) parts[parts.length - 1] = joinBytes([last, bytes]);
  // A part that is a small one of its packet must not keep the rest of it.
  else parts.push(2 * bytes.length < bytes.buffer.byteLength ? bytes.slice() : bytes);
}
