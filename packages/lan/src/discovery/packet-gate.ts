import { SourceRates, type Rate } from "./source-rates.ts";

// A host answers once a second and interface; a machine may run some, and ask as well.
const OF_ONE_SOURCE: Rate = { perSecond: 10, burst: 20 };
// A question is answered by a hundred hosts within 120 ms.
const OF_ALL: Rate = { perSecond: 100, burst: 200 };

/**
 * Decides which packets are read at all: anybody nearby can send any number of them. Other services' packets, most of
 * them, cost one search.
 */
export class PacketGate {
  readonly #needles: readonly Buffer[];
  readonly #rates = new SourceRates(OF_ONE_SOURCE, OF_ALL);

  /** Only packets with one of these texts in them are read. */
  constructor(needles: readonly string[]) {
    this.#needles = needles.map((needle) => Buffer.from(needle));
  }

  /** Whether to read a packet. `now` in milliseconds. */
  admits(bytes: Buffer, source: string, now: number): boolean {
    return this.#needles.some((needle) => bytes.includes(needle)) && this.#rates.take(source, now);
  }
}
