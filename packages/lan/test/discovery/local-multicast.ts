import { createServer, type AddressInfo } from "node:net";
import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";
import { encodeLanCode } from "@clayground/protocol";
import type { Interfaces } from "../../src/addresses/interfaces.ts";
import type { Announcement } from "../../src/discovery/announcement.ts";

/** The address of the network namespace that `npm test` makes. Nothing real is reached from it. */
export const TEST_ADDRESS = "198.18.9.1";

/** Whether multicast stays in a namespace here; says so once where it would not. */
export function hasTestNetwork(): boolean {
  const has = networkInterfaces()["d0"]?.some(({ address }) => address === TEST_ADDRESS) === true;
  if (!has) console.warn("Skipped: multicast is tested in a network namespace only. Run `npm test -- packages/lan`.");
  return has;
}

/**
 * A wire of its own for a test: the loopback leads 127.0.0.0/8 to this machine, and each part of it hears only itself.
 * With several numbers, a machine with several interfaces.
 */
export function wire(...numbers: readonly number[]): () => Interfaces {
  const interfaces = Object.fromEntries(numbers.map((number) => [`lo:${number}`, [loopback(`127.0.${number}.1`)]]));
  return () => interfaces;
}

function loopback(address: string): NetworkInterfaceInfo {
  const cidr = `${address}/24`;
  return { address, netmask: "255.255.255.0", family: "IPv4", mac: "00:00:00:00:00:00", internal: true, cidr };
}

/** A server that takes connections, as a host's does. */
export async function startHost(port = 0): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((socket) => socket.on("error", () => {}).resume());
  await new Promise<void>((resolve) => server.listen(port, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** The code of a port at the test network's address. */
export function codeOf(port: number, address: string = TEST_ADDRESS): string {
  return encodeLanCode({ address, port }) ?? "";
}

/** An announcement that differs from this one in some things. */
export function announcementOf(changes: Partial<Announcement> = {}): Announcement {
  const port = changes.port ?? 4000;
  return { name: "Anna's game", codes: [codeOf(port)], nodeCount: 2, maxNodes: 4, appId: "test.tag", port, ...changes };
}
