import { realpath, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createSignalingServer } from "@clayground/signaling-server";
import { isEveryAddress, isShared, lanAddresses } from "./addresses.ts";
import { networkLibrary } from "./network-library.ts";
import { handleRequest, SIGNALING_PATH } from "./requests.ts";

/** The port that Clayground's users know. */
export const DEFAULT_PORT = 8090;
// Enough for everything that one person runs; then something else is wrong.
const PORTS_TRIED = 100;

/** What to serve, and where. */
export interface DevServerOptions {
  /** The project's folder. */
  readonly root: string;
  /** The port to listen on, 0 for any free one. When it is taken, the next free one is used. @default 8090 */
  readonly port?: number;
  /** The address to listen on. The default lets phones in the same network join. @default all addresses */
  readonly host?: string;
}

/** A dev server that runs. */
export interface DevServer {
  /** The port it listens on; another than the one asked for when that was taken. */
  readonly port: number;
  /** For a browser on this machine. */
  readonly localUrl: string;
  /** For other devices in the same network; empty when it listens on this machine alone. */
  readonly lanUrls: readonly string[];
  /** Closes every connection and stops listening. */
  close(): Promise<void>;
}

/** Why a dev server could not start; the message is one line for a person. */
export class DevServerError extends Error {
  override readonly name = "DevServerError";
}

/**
 * Serves a project's files with signaling at `/peerjs`, and `@clayground/network` as one module at
 * `/clayground/network.js`; resolves when it listens.
 *
 * @throws DevServerError as a rejection, when the folder is missing or no port is free
 */
export async function startDevServer({ root, port = DEFAULT_PORT, host }: DevServerOptions): Promise<DevServer> {
  const site = { root: await findRoot(root), library: networkLibrary() };
  const server = createServer((request, response) => void handleRequest(site, request, response));
  // Before it listens, so that no WebSocket comes too early.
  const signaling = await createSignalingServer({ server, path: SIGNALING_PATH });
  const used = await listenOnFreePort(server, port, host).catch(async (error: unknown) => {
    await signaling.close();
    throw error;
  });
  const urlOf = (name: string): string => `http://${name.includes(":") ? `[${name}]` : name}:${used}/`;
  return {
    port: used,
    localUrl: urlOf(isEveryAddress(host) || !isShared(host) ? "localhost" : (host ?? "localhost")),
    lanUrls: (isEveryAddress(host) ? lanAddresses() : isShared(host) ? [host ?? ""] : []).map(urlOf),
    async close() {
      const stopped = new Promise((resolve) => void server.close(resolve));
      await signaling.close();
      server.closeAllConnections();
      await stopped;
    },
  };
}

async function findRoot(root: string): Promise<string> {
  try {
    const real = await realpath(root);
    if ((await stat(real)).isDirectory()) return real;
  } catch {
    // Said below.
  }
  throw new DevServerError(`No such folder: ${root}`);
}

async function listenOnFreePort(server: Server, first: number, host: string | undefined): Promise<number> {
  const last = Math.min(first + PORTS_TRIED - 1, 65535);
  for (let port = first; port <= last; port++) {
    const error = await tryListen(server, port, host);
    if (error === undefined) return (server.address() as AddressInfo).port;
    if (error.code !== "EADDRINUSE")
      throw new DevServerError(`Cannot listen on port ${port}: ${error.message}`, { cause: error });
  }
  throw new DevServerError(`No free port from ${first} to ${last}`);
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
