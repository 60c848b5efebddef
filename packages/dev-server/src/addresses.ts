import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";

/** A machine's network interfaces, as `os.networkInterfaces()` gives them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The IPv4 addresses under which others nearby reach this machine. */
export function lanAddresses(interfaces: Interfaces = networkInterfaces()): readonly string[] {
  return Object.values(interfaces)
    .flatMap((each) => each ?? [])
    .filter(({ family, internal, address }) => family === "IPv4" && !internal && !address.startsWith("169.254."))
    .map(({ address }) => address);
}

/** Whether a server that listens on `host` is reached from other machines too; without a host it listens on all addresses. */
export function isShared(host: string | undefined): boolean {
  return host === undefined || !/^(?:localhost|127\.|::1$|\[::1\]$)/i.test(host);
}

/** Whether `host` means every address of this machine. */
export function isEveryAddress(host: string | undefined): boolean {
  return host === undefined || host === "0.0.0.0" || host === "::";
}
