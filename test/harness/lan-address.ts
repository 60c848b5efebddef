import { networkInterfaces } from "node:os";

/**
 * The address under which another device would reach this machine. In the tests' own network there is one; where they
 * have none, they must not leave loopback, and there is none for them.
 */
export function lanAddress(): string | undefined {
  if (process.env["CLAYGROUND_BIND"]) return undefined;
  const all = Object.values(networkInterfaces()).flatMap((infos) => infos ?? []);
  return all.find(({ internal, family }) => !internal && family === "IPv4")?.address;
}
