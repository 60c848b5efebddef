import type { FragmentFrame, ReceiptFrame } from "@clayground/protocol";
import { IncomingTransfers } from "./incoming-transfers.ts";
import { OutgoingTransfers } from "./outgoing-transfers.ts";
import type { Payload } from "./payload.ts";
import type { SendOptions, TransferWire } from "./transfer-wire.ts";

/** Messages too long for the ordered stream: in fragments, beside it (SPEC.md, F30 to F32). */
export class Transfers {
  readonly #outgoing: OutgoingTransfers;
  readonly #incoming: IncomingTransfers;

  constructor(wire: TransferWire) {
    this.#outgoing = new OutgoingTransfers(wire);
    this.#incoming = new IncomingTransfers(wire);
  }

  /** Resolves when the node has all of it. Rejects with `undelivered`, `aborted` or `message-too-large`. */
  send(nodeId: string, payload: Payload, isToAll: boolean, options: SendOptions): Promise<void> {
    return this.#outgoing.send(nodeId, payload, isToAll, options);
  }

  /**
   * What came for this node.
   *
   * @param to a node in whose place the host takes it
   */
  received(from: string, frame: FragmentFrame | ReceiptFrame, to?: string): void {
    if (frame.t === "f") this.#incoming.received(from, frame, to);
    else this.#outgoing.received(from, frame);
  }

  /** What is left to be received by a node, in bytes. */
  waitingFor(nodeId: string): number {
    return this.#outgoing.waitingFor(nodeId);
  }

  /** A node is not in any more. */
  forget(nodeId: string): void {
    this.#outgoing.forget(nodeId);
    this.#incoming.forget(nodeId);
  }
}
