import { isVirtual, type Interfaces } from "../addresses/interfaces.ts";

/** One IPv4 address of this machine, and which addresses are on the same wire. */
export interface Link {
  readonly address: string;
  readonly netmask: string;
}

// A machine full of containers has dozens of bridges; each costs a socket.
const MAX_LINKS = 32;

/** Where this machine can be heard: its addresses, the likeliest first, or the loopback when it has none. */
export function linksOf(interfaces: Interfaces): readonly Link[] {
  const all = Object.entries(interfaces)
    .flatMap(([name, infos]) => (infos ?? []).map((info) => ({ ...info, rank: Number(isVirtual(name, info.mac)) })))
    .filter(({ family }) => family === "IPv4")
    .sort((one, other) => one.rank - other.rank);
  const real = all.filter(({ internal }) => !internal);
  return (real.length > 0 ? real : all).slice(0, MAX_LINKS).map(({ address, netmask }) => ({ address, netmask }));
}

/** Whether an address is on this wire. RFC 6762, 11 has everything ignored that is not: no router passes mDNS on. */
export function isOnLink({ address, netmask }: Link, other: string): boolean {
  const mask = toNumber(netmask);
  return (toNumber(address) & mask) === (toNumber(other) & mask);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => (sum << 8) | Number(part), 0);
}
