import { networkInterfaces } from "node:os";

/** Set where the tests could not be given a network of their own (see scripts/test.mjs). */
export const BIND_ADDRESS: string | undefined = process.env["CLAYGROUND_BIND"];

/** The address that a LAN host puts into its code: the first private one, else any, else loopback. */
export function lanAddress(): string {
  if (BIND_ADDRESS) return BIND_ADDRESS;
  const addresses = Object.values(networkInterfaces())
    .flatMap((infos) => infos ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
  return addresses.find(isPrivate) ?? addresses[0] ?? "127.0.0.1";
}

export function encodeLanCode(address: string, port: number): string {
  const ipv4 = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return `L${ipv4.toString(36)}-${port.toString(36)}`.toUpperCase();
}

/** Nothing is forgiven but lower-case digits after the L. */
export function isLanCode(code: string): boolean {
  return code.startsWith("L") && code.includes("-");
}

export function decodeLanCode(code: string): { address: string; port: number } {
  const [ipv4 = 0, port = 0] = code
    .slice(1)
    .split("-")
    .map((part) => Number.parseInt(part, 36));
  return { address: [24, 16, 8, 0].map((shift) => (ipv4 >>> shift) & 255).join("."), port };
}

/** RFC 1918. */
function isPrivate(address: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(address);
}
