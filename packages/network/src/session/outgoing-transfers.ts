import { encodePacket, keys } from "@clayground/protocol";
import type { ReceiptFrame } from "@clayground/protocol";
import { aborted, NetworkError } from "../errors.ts";
import type { NetworkErrorCode } from "../errors.ts";
import { DelayWindow } from "../transport/delay-window.ts";
import type { Departure } from "../transport/delay-window.ts";
import { HEAD_SIZE, jsonOf, sizeOf } from "./payload.ts";
import type { Payload } from "./payload.ts";
import type { SendOptions, TransferWire } from "./transfer-wire.ts";

/** Fragments are a quarter of what may be on its way, within these limits, in bytes: short ones let others pass, long ones cost less. */
const FRAGMENTS_AT_ONCE = 8;

/** A receipt is asked for each time that this part of the window has left. */
const RECEIPTS_A_WINDOW = 6;
const LEAST_FRAGMENT = 1024;
const MOST_FRAGMENT = 256 * 1024;

/** What may be on its way to one node at the most, in bytes: all who have a part in it keep that much in memory. */
const MOST_DIRECT = 4 * 1024 * 1024;
const MOST_PASSED_ON = 1024 * 1024;

/** Transfers to one node that are under way at once: a shorter one may overtake. */
const MAX_BEGUN = 4;

/** One message on its way to one node. */
interface Outgoing {
  readonly id: number;
  readonly isToAll: boolean;
  readonly parts: readonly (Uint8Array | Blob)[];
  readonly total: number;
  readonly options: SendOptions;
  settle(error?: NetworkError): void;
  /** Bytes that left. */
  sent: number;
  /** Bytes that arrived. */
  arrived: number;
  /** Refused for now: others are under way. */
  waits: boolean;
  /** The same, but they are not any more. */
  wasAlone: boolean;
  isReading: boolean;
  readonly departures: Departure[];
}

/** All that goes to one node. */
interface Lane {
  readonly window: DelayWindow;
  transfers: Outgoing[];
  inFlight: number;
  /** What left since a receipt was asked for. */
  untold: number;
}

/** Transfers to all nodes, each paced by what comes back from its receiver; the shortest remainder first. */
export class OutgoingTransfers {
  readonly #wire: TransferWire;
  readonly #lanes = new Map<string, Lane>();
  #count = 0;

  constructor(wire: TransferWire) {
    this.#wire = wire;
  }

  async send(nodeId: string, payload: Payload, isToAll: boolean, options: SendOptions): Promise<void> {
    const { signal } = options;
    if (signal?.aborted) throw aborted(signal);
    const parts = [
      encodePacket({
        text: payload.bytes ? payload.json : `[${jsonOf(payload)},[]]`,
        bytes: new Uint8Array(),
      }) as Uint8Array,
      ...(payload.bytes ?? []),
    ];
    let lane = this.#lanes.get(nodeId);
    if (!lane)
      this.#lanes.set(
        nodeId,
        (lane = {
          window: new DelayWindow(this.#wire.isPassedOn(nodeId) ? MOST_PASSED_ON : MOST_DIRECT),
          transfers: [],
          inFlight: 0,
          untold: 0,
        }),
      );
    const { transfers } = lane;
    const abort = (): void => this.#end(nodeId, transfer, aborted(signal));
    let settle!: Outgoing["settle"];
    const promise = new Promise<void>((resolve, reject) => {
      settle = (error) => {
        signal?.removeEventListener("abort", abort);
        if (error) reject(error);
        else resolve();
      };
    });
    const transfer: Outgoing = {
      ...{ id: ++this.#count, isToAll, parts, options, settle, sent: 0, arrived: 0, waits: false, wasAlone: false },
      isReading: false,
      total: parts.reduce((sum, part) => sum + sizeOf(part), 0),
      departures: [],
    };
    signal?.addEventListener("abort", abort);
    transfers.push(transfer);
    this.#pump(nodeId, lane);
    return promise;
  }

  received(nodeId: string, { id, a = 0, r }: ReceiptFrame): void {
    const lane = this.#lanes.get(nodeId);
    const transfer = lane?.transfers.find((one) => one.id === id);
    if (!lane || !transfer) return;
    const others = lane.transfers.some((one) => one !== transfer && one.sent > 0);
    // The last of the others may have been given up meanwhile.
    if (r === "busy" && (others || !transfer.wasAlone)) {
      this.#giveBack(lane, transfer);
      transfer.sent = transfer.arrived = 0;
      transfer.waits = others;
      transfer.wasAlone = !others;
    } else if (r !== undefined) return this.#end(nodeId, transfer, refusal(nodeId, r, a));
    else if (a > transfer.arrived && a <= transfer.sent) this.#arrived(nodeId, lane, transfer, a);
    this.#pump(nodeId, lane);
  }

  waitingFor(nodeId: string): number {
    return (this.#lanes.get(nodeId)?.transfers ?? []).reduce((sum, { total, arrived }) => sum + total - arrived, 0);
  }

  forget(nodeId: string): void {
    const lane = this.#lanes.get(nodeId);
    this.#lanes.delete(nodeId);
    // Also for who is in the middle of it.
    for (const { settle } of lane?.transfers.splice(0) ?? []) settle(failure("undelivered", nodeId));
  }

  #arrived(nodeId: string, lane: Lane, transfer: Outgoing, a: number): void {
    const now = this.#wire.platform.now();
    let left = a - transfer.arrived;
    transfer.arrived = a;
    lane.inFlight -= left;
    while (left > 0) {
      const departure = transfer.departures.shift();
      if (!departure) break;
      left -= departure.bytes;
      // Those before it waited for this receipt.
      lane.window.arrived(departure, now, left <= 0);
    }
    try {
      transfer.options.onProgress?.({ sent: a, total: transfer.total });
    } catch (error) {
      this.#wire.platform.reportError(error);
    }
    if (a === transfer.total) this.#end(nodeId, transfer);
  }

  #giveBack(lane: Lane, transfer: Outgoing): void {
    lane.inFlight -= transfer.sent - transfer.arrived;
    for (const { bytes } of transfer.departures.splice(0)) lane.window.isGivenUp(bytes);
  }

  #end(nodeId: string, transfer: Outgoing, error?: NetworkError): void {
    const lane = this.#lanes.get(nodeId);
    if (!lane?.transfers.includes(transfer)) return;
    this.#giveBack(lane, transfer);
    lane.transfers = lane.transfers.filter((one) => one !== transfer);
    for (const other of lane.transfers) other.waits = false;
    if (error && transfer.sent > 0) this.#wire.post(nodeId, { head: keys({ t: "f", id: transfer.id, x: 1 }) });
    transfer.settle(error);
    this.#pump(nodeId, lane);
  }

  #pump(nodeId: string, lane: Lane): void {
    for (;;) {
      const size = this.#fragmentSize(nodeId, lane);
      const next = hasRoom(lane, size) ? shortest(lane.transfers) : undefined;
      if (!next) return;
      const bytes = partAt(next.parts, next.sent, size);
      if (bytes instanceof Uint8Array) this.#post(nodeId, lane, next, bytes);
      else void this.#read(nodeId, next, bytes);
    }
  }

  #fragmentSize(nodeId: string, { window }: Lane): number {
    const most = Math.min(MOST_FRAGMENT, this.#wire.maxMessage(nodeId) - HEAD_SIZE);
    return Math.floor(Math.max(LEAST_FRAGMENT, Math.min(most, window.size / FRAGMENTS_AT_ONCE)));
  }

  #post(nodeId: string, lane: Lane, transfer: Outgoing, bytes: Uint8Array): void {
    const isFirst = transfer.sent === 0;
    const { id, total, isToAll } = transfer;
    const first = isFirst ? { z: total, all: isToAll || undefined } : {};
    const now = this.#wire.platform.now();
    transfer.sent += bytes.length;
    lane.inFlight += bytes.length;
    lane.untold += bytes.length;
    // Also the last one before a pause, or the window would stay full for ever once it has become smaller.
    const goesOn = hasRoom(lane, this.#fragmentSize(nodeId, lane)) && shortest(lane.transfers) === transfer;
    const wants = !goesOn || lane.untold * RECEIPTS_A_WINDOW >= lane.window.size;
    if (wants) lane.untold = 0;
    transfer.departures.push(lane.window.departs(bytes.length, now));
    this.#wire.post(nodeId, { head: keys({ t: "f", id, ...first, w: wants ? 1 : undefined, b: bytes.length }), bytes });
  }

  async #read(nodeId: string, transfer: Outgoing, blob: Blob): Promise<void> {
    transfer.isReading = true;
    const at = transfer.sent;
    try {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      transfer.isReading = false;
      if (bytes.length !== blob.size) throw new RangeError(`${bytes.length} of ${blob.size} bytes`);
      const lane = this.#lanes.get(nodeId);
      if (!lane?.transfers.includes(transfer)) return;
      // Unless it was refused for now, and begins anew.
      if (transfer.sent === at) this.#post(nodeId, lane, transfer, bytes);
      this.#pump(nodeId, lane);
    } catch (error) {
      // A file that was changed or deleted meanwhile.
      this.#end(nodeId, transfer, new NetworkError("invalid-data", String(error), { reason: String(error) }, error));
    }
  }
}

/** Whether a fragment may leave now: half of it may be over the window, and one may always be on its way. */
function hasRoom({ window, inFlight }: Lane, size: number): boolean {
  return inFlight === 0 || window.size - inFlight >= size / 2;
}

/** What has the least left to send, of those that may. */
function shortest(transfers: readonly Outgoing[]): Outgoing | undefined {
  const begun = transfers.filter(({ sent }) => sent > 0).length;
  let best: Outgoing | undefined;
  for (const one of transfers) {
    const left = one.total - one.sent;
    if (left === 0 || one.isReading || one.waits || (one.sent === 0 && begun >= MAX_BEGUN)) continue;
    if (!best || left < best.total - best.sent) best = one;
  }
  return best;
}

/** At most so many bytes from there on, of one part. */
function partAt(parts: readonly (Uint8Array | Blob)[], offset: number, size: number): Uint8Array | Blob {
  let start = offset;
  for (const part of parts) {
    const length = sizeOf(part);
    if (start < length) {
      const end = Math.min(length, start + size);
      return part instanceof Blob ? part.slice(start, end) : part.subarray(start, end);
    }
    start -= length;
  }
  return new Uint8Array();
}

function refusal(nodeId: string, reason: string, limit: number): NetworkError {
  return reason === "large"
    ? new NetworkError("message-too-large", `for ${nodeId}`, { nodeId, limit })
    : failure("undelivered", nodeId, reason.slice(0, 200));
}

function failure(code: NetworkErrorCode, nodeId: string, reason = "left"): NetworkError {
  return new NetworkError(code, nodeId, { nodeId, reason });
}
