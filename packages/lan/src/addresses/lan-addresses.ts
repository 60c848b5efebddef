import { defaultInterfaces } from "./default-route.ts";
import { isVirtual, readInterfaces, type Interfaces } from "./interfaces.ts";

/** What others in the room can make of an address; the lower, the better. */
export type Reach = 0 | 1 | 2 | 3;

/** An address of this machine that another one could use. */
export interface ReachableAddress {
  readonly address: string;
  /** 0: a network; 1: one cable, link-local; 2: a container's, a virtual machine's or a tunnel's; 3: link-local there. */
  readonly reach: Reach;
}

// RFC 1918.
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/;
// RFC 3927: what two laptops on one cable have, and what is left when nobody hands out addresses.
const LINK_LOCAL = /^169\.254\./;
// They are good after a "%eth0" only, which no URL in a browser has.
const IPV6_LINK_LOCAL = /^fe[89ab]/i;
/** More default routes than that are not told apart. */
const MAX_ROUTES = 9;

/**
 * The addresses under which others nearby reach this machine, the likeliest first: real interfaces before virtual ones,
 * then those with a default route, then private addresses before public ones; link-local ones come after all other real
 * ones. IPv6 only where there is no IPv4: nobody types it. Empty when this machine is in no network.
 */
export function lanAddresses(interfaces?: Interfaces, routes?: readonly string[]): readonly string[] {
  const all = allAddresses(interfaces, routes);
  const v4 = all.filter((address) => !address.includes(":"));
  return v4.some((address) => !LINK_LOCAL.test(address)) ? v4 : all;
}

/**
 * Every address that another machine could use, in the order of {@link lanAddresses}.
 *
 * @param interfaces the machine's interfaces. @default those of this machine
 * @param routes names of the interfaces with a default route, the preferred one first. @default those of this machine
 */
export function allAddresses(interfaces?: Interfaces, routes?: readonly string[]): readonly string[] {
  return reachableAddresses(interfaces, routes).map(({ address }) => address);
}

/** The addresses of {@link allAddresses} with what others can make of them. */
export function reachableAddresses(
  interfaces: Interfaces = readInterfaces(),
  routes: readonly string[] = defaultInterfaces(),
): readonly ReachableAddress[] {
  return Object.entries(interfaces)
    .flatMap(([name, infos]) => (infos ?? []).map((info) => ({ name, ...info })))
    .filter(({ internal, address }) => !internal && !IPV6_LINK_LOCAL.test(address))
    .map(({ name, mac, family, address }) => {
      const reach = reachOf(isVirtual(name, mac), LINK_LOCAL.test(address));
      const route = routes.indexOf(name);
      const order = [reach, family === "IPv4" ? 0 : 1, route < 0 ? MAX_ROUTES : route, PRIVATE.test(address) ? 0 : 1];
      return { address, reach, order };
    })
    .sort((one, other) => compare(one.order, other.order))
    .map(({ address, reach }) => ({ address, reach }));
}

function reachOf(isVirtualOne: boolean, isLinkLocal: boolean): Reach {
  if (isVirtualOne) return isLinkLocal ? 3 : 2;
  return isLinkLocal ? 1 : 0;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const differing = one.findIndex((value, index) => value !== other[index]);
  return differing < 0 ? 0 : (one[differing] ?? 0) - (other[differing] ?? 0);
}
