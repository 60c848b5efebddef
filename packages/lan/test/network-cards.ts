import type { NetworkInterfaceInfo } from "node:os";
import type { Interfaces } from "../src/index.ts";

/** One address of an interface, as `os.networkInterfaces()` gives it. */
export const entry = (address: string, internal = false, mac = "5c:1a:6f:00:00:01"): NetworkInterfaceInfo =>
  ({ address, internal, mac, family: address.includes(":") ? "IPv6" : "IPv4" }) as NetworkInterfaceInfo;

/** A machine whose addresses a test changes; each list belongs to one interface. */
export class NetworkCards {
  #cards: Readonly<Record<string, readonly string[]>>;

  constructor(cards: Readonly<Record<string, readonly string[]>>) {
    this.#cards = cards;
  }

  change(cards: Readonly<Record<string, readonly string[]>>): void {
    this.#cards = cards;
  }

  /** The interfaces of now, with loopback. */
  readonly list = (): Interfaces => ({
    lo: [entry("127.0.0.1", true), entry("::1", true)],
    ...Object.fromEntries(
      Object.entries(this.#cards).map(([name, addresses]) => [name, addresses.map((each) => entry(each))]),
    ),
  });
}
