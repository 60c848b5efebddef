import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";

/** A machine's network interfaces, as `os.networkInterfaces()` gives them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

// Containers, virtual machines and tunnels: no phone nearby is in these networks.
const VIRTUAL =
  /^(?:docker|podman|cni|flannel|cali|veth|br-|bridge\d|lxc|lxd|virbr|vmnet|vboxnet|tun|tap|ppp|wg|zt|utun|ipsec|tailscale|vEthernet|VirtualBox|VMware)/i;
// RFC 1918.
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/;
// They are good on one cable or after a "%eth0" only, which no URL in a browser has.
const LINK_LOCAL = /^(?:169\.254\.|fe[89ab])/i;

/**
 * The addresses under which others nearby reach this machine, the likeliest first: real interfaces before
 * virtual ones, private addresses before public ones. IPv6 only where there is no IPv4: nobody types it.
 */
export function lanAddresses(interfaces: Interfaces = networkInterfaces()): readonly string[] {
  const all = allAddresses(interfaces);
  const v4 = all.filter((address) => !address.includes(":"));
  return v4.length > 0 ? v4 : all;
}

/** Every address that another machine could use, in the order of {@link lanAddresses}. */
export function allAddresses(interfaces: Interfaces = networkInterfaces()): readonly string[] {
  return Object.entries(interfaces)
    .flatMap(([name, infos]) => (infos ?? []).map((info) => ({ name, ...info })))
    .filter(({ internal, address }) => !internal && !LINK_LOCAL.test(address))
    .map((each) => ({ address: each.address, rank: rankOf(each) }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ address }) => address);
}

function rankOf({ name, family, address }: { name: string; family: string; address: string }): number {
  return (VIRTUAL.test(name) ? 4 : 0) + (family === "IPv4" ? 0 : 2) + (PRIVATE.test(address) ? 0 : 1);
}

/** Whether a server that listens on `host` is reached from other machines too; without a host it listens on all addresses. */
export function isShared(host: string | undefined): boolean {
  return host === undefined || !/^(?:localhost|127\.|::1$|\[::1\]$)/i.test(host);
}

/** Whether `host` means every address of this machine. */
export function isEveryAddress(host: string | undefined): boolean {
  return host === undefined || host === "0.0.0.0" || host === "::";
}
