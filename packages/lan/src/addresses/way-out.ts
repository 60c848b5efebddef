import { createSocket } from "node:dgram";
import { defaultInterfaces } from "./default-route.ts";
import type { Interfaces } from "./interfaces.ts";

/** RFC 5737: nobody's, so it is reached by the default route. Connecting a UDP socket sends nothing. */
const NOBODY = "192.0.2.1";
const PORT = 9;

/**
 * The interfaces that have an IPv4 default route, the preferred one first. Where there is no table to read, as on Windows
 * and macOS, the system is asked which of its addresses it would use; no packet is sent.
 */
export async function findDefaultInterfaces(
  interfaces: Interfaces,
  table: readonly string[] = defaultInterfaces(),
): Promise<readonly string[]> {
  if (table.length > 0 || process.platform === "linux") return table;
  return interfacesWith(interfaces, await addressTowards(NOBODY));
}

/** The names of the interfaces that have an address. */
export function interfacesWith(interfaces: Interfaces, address: string | undefined): readonly string[] {
  return Object.keys(interfaces).filter((name) => interfaces[name]?.some((info) => info.address === address));
}

/** Which of its addresses this machine would use towards another; `undefined` without a route. Never rejects. */
export function addressTowards(other: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const done = (address?: string): void => {
      socket.removeAllListeners();
      socket.close();
      resolve(address);
    };
    socket.on("error", () => done());
    socket.on("connect", () => done(socket.address().address));
    socket.connect(PORT, other);
  });
}
