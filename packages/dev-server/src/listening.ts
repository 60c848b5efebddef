import type { AddressInfo, Server } from "node:net";
import { DevServerError } from "./options.ts";

// Enough for everything that one person runs; then something else is wrong.
const PORTS_TRIED = 100;

/** Where to listen. */
export interface Place {
  readonly port: number;
  readonly host: string | undefined;
  /** Whether another port than `port` is no choice. */
  readonly strictPort: boolean;
}

/**
 * Listens on the port, or the next that is free; resolves to it.
 *
 * @throws DevServerError as a rejection
 */
export async function listenOnFreePort(server: Server, { port: first, host, strictPort }: Place): Promise<number> {
  if (!Number.isInteger(first) || first < 0 || first > 65535) throw new DevServerError(`Not a port: ${first}`);
  const last = strictPort ? first : Math.min(first + PORTS_TRIED - 1, 65535);
  for (let port = first; port <= last; port++) {
    const error = await tryListen(server, port, host);
    if (error === undefined) return (server.address() as AddressInfo).port;
    if (error.code !== "EADDRINUSE")
      throw new DevServerError(`Cannot listen on port ${port}: ${error.message}`, { cause: error });
  }
  throw new DevServerError(strictPort ? `Port ${first} is taken` : `No free port from ${first} to ${last}`);
}

function tryListen(server: Server, port: number, host: string | undefined): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const settle = (error?: NodeJS.ErrnoException): void => {
      server.off("error", settle).off("listening", settle);
      resolve(error);
    };
    server.once("error", settle).once("listening", settle);
    server.listen({ port, ...(host !== undefined && { host }) });
  });
}

/** Whether a server that listens on `host` is reached from other machines too; without a host it listens on all addresses. */
export function isShared(host: string | undefined): boolean {
  return host === undefined || !/^(?:localhost|127\.|::1$|\[::1\]$)/i.test(host);
}

/** Whether `host` means every address of this machine. */
export function isEveryAddress(host: string | undefined): boolean {
  return host === undefined || host === "0.0.0.0" || host === "::";
}
