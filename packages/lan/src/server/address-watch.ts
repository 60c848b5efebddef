import type { ReachableAddress } from "../addresses/lan-addresses.ts";

/** What a machine without a network has: only its own programs can join. */
const LOOPBACK: Addressed = { address: "127.0.0.1", reach: Number.POSITIVE_INFINITY };
// An interface that is only set up anew is missing in one look. Its address comes back, and nobody needs a new code.
const LOOKS = 2;
// Who has lost the room's network does not move into a container's.
const LINK_LOCAL = 1;

interface Addressed {
  readonly address: string;
  readonly reach: number;
}

/** Which of a machine's addresses stands in the code, while they come and go. */
export class AddressWatch {
  readonly #list: () => readonly ReachableAddress[];
  readonly #chosen: string;
  #current: Addressed;
  #missing = 0;

  /**
   * @param list the machine's IPv4 addresses, the best first
   * @param chosen the one that stays, whatever happens; "" for none
   */
  constructor(list: () => readonly ReachableAddress[], chosen: string) {
    this.#list = list;
    this.#chosen = chosen;
    this.#current = chosen === "" ? (list()[0] ?? LOOPBACK) : { address: chosen, reach: 0 };
  }

  /** The address for the code. */
  get address(): string {
    return this.#current.address;
  }

  /** All addresses that others may try, the code's first. */
  get addresses(): readonly string[] {
    const others = this.#chosen === "" ? this.#list().map(({ address }) => address) : [];
    return [...new Set([this.address, ...others])];
  }

  /** Looks at the machine once more; whether the code's address is another one now. */
  look(): boolean {
    if (this.#chosen !== "") return false;
    const all = this.#list();
    const best = all[0];
    const isThere = all.some(({ address }) => address === this.#current.address);
    this.#missing = isThere ? 0 : this.#missing + 1;
    if (best === undefined) return false;
    const { reach } = this.#current;
    // For example: only a container's network was there, and now Wi-Fi is.
    const isBetter = best.reach < reach;
    const isNeeded = this.#missing >= LOOKS && best.reach <= Math.max(reach, LINK_LOCAL);
    // While an address is away for one look only, nothing else counts.
    if (!(isNeeded || (isBetter && (isThere || this.#current === LOOPBACK)))) return false;
    this.#current = best;
    this.#missing = 0;
    return true;
  }
}
