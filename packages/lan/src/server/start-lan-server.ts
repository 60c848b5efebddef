import { randomBytes } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { encodeLanCode, LAN_HOST_ID } from "@clayground/protocol";
import { createSignalingServer, type SignalingServer } from "@clayground/signaling-server";
import { readInterfaces, type Interfaces } from "../addresses/interfaces.ts";
import { reachableAddresses, type ReachableAddress } from "../addresses/lan-addresses.ts";
import { findDefaultInterfaces } from "../addresses/way-out.ts";
import { toTerminalLine } from "../terminal-text.ts";
import { AddressWatch } from "./address-watch.ts";
import { GamePages } from "./game-pages.ts";
import { LanServerError, type LanServer, type LanServerOptions } from "./lan-server.ts";

const LOOK_EVERY_MS = 2000;
// More than anybody tries; an announcement must stay small.
const MAX_CODES = 8;
// In one process it takes a turn of the event loop or two.
const HOST_LEAVES_MS = 300;

/** One room: few clients, all near. The host answers all of them at once, each with about ten messages. */
const LIMITS = {
  maxClients: 64,
  maxClientsPerAddress: 32,
  burst: 2000,
  messagesPerSecond: 400,
  connectionBurst: 100,
  maxWaitingLength: 4 * 1024 * 1024,
} as const;

/**
 * Opens the signaling server of one network in this program, and serves the game's page if wanted; resolves when it
 * listens. It follows the machine's addresses until it is closed.
 *
 * @throws LanServerError as a rejection
 */
export async function startLanServer(options: LanServerOptions = {}): Promise<LanServer> {
  const { port: wanted = 0, address = "", serve, onCodeChanged } = options;
  checkAddress(address, options.interfaces);
  const root = serve === undefined ? undefined : await findFolder(serve);
  const hostToken = randomBytes(16).toString("hex");
  // The machine's routes say nothing about other interfaces.
  const findRoutes = async (): Promise<readonly string[]> =>
    options.interfaces ? [] : findDefaultInterfaces(readInterfaces());
  let routes = await findRoutes();
  const watch = new AddressWatch(() => ipv4Addresses(options.interfaces, routes), address);
  let port = wanted;
  const codeOf = (own: string): string => encodeLanCode({ address: own, port }) ?? "";
  const code = (): string => codeOf(watch.address);
  // Who has opened the page at an address can reach that one, the code's perhaps not.
  const codeAt = (reached: string): string => codeOf(watch.addresses.includes(reached) ? reached : watch.address);
  const pages = root && new GamePages({ root, files: new Map(Object.entries(options.files ?? {})), codeAt });
  const leaving = new Leaving();
  const signaling = await listen(wanted, address, {
    ...LIMITS,
    lan: true,
    authorize: ({ id, token }) => id !== LAN_HOST_ID || token === hostToken,
    log: (entry) => void (entry.event === "client-left" && leaving.left(entry.id)),
    ...(pages && { onRequest: (request, response) => pages.handleRequest(request, response) }),
  });
  port = signaling.port;
  let closed: Promise<void> | undefined;
  const looking = setInterval(() => {
    void findRoutes().then((found) => {
      routes = found;
      if (closed === undefined && watch.look()) onCodeChanged?.(code());
    });
  }, options.lookEveryMs ?? LOOK_EVERY_MS);
  // What keeps the program alive is the server that listens.
  looking.unref();
  return {
    port,
    signalingUrl: signaling.url,
    hostToken,
    get code() {
      return code();
    },
    get codes() {
      return watch.addresses.slice(0, MAX_CODES).map(codeOf);
    },
    get pageUrl() {
      return pages && `http://${watch.address}:${port}/`;
    },
    close() {
      clearInterval(looking);
      return (closed ??= leaving.wait(signaling).then(() => signaling.close()));
    },
  };
}

/** Tells when the host's own client is gone, and with it all that it has sent is delivered. */
class Leaving {
  #done = (): void => undefined;

  left(id: string): void {
    if (id === LAN_HOST_ID) this.#done();
  }

  async wait(signaling: SignalingServer): Promise<void> {
    if (!signaling.peers().includes(LAN_HOST_ID)) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#done = resolve;
      timer = setTimeout(resolve, HOST_LEAVES_MS);
    });
    clearTimeout(timer);
  }
}

async function listen(
  port: number,
  address: string,
  options: Parameters<typeof createSignalingServer>[0],
): Promise<SignalingServer> {
  try {
    // Who chose an address of this machine alone wants no others in. Codes have IPv4 addresses only; of IPv6 addresses
    // everybody has as many as he likes, so that one machine could take all places.
    return await createSignalingServer({ ...options, port, host: isLoopback(address) ? address : "0.0.0.0" });
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, port, address);
  }
}

function explain(error: NodeJS.ErrnoException, port: number, address: string): LanServerError {
  switch (error.code) {
    case "EADDRINUSE":
      return new LanServerError("port-taken", `Port ${port} is taken. Choose another one, or 0 for any.`, error);
    case "EACCES":
      return new LanServerError(
        "port-forbidden",
        `This program may not use port ${port}. Choose one above 1023, or 0 for any.`,
        error,
      );
    case "EADDRNOTAVAIL":
      return new LanServerError("no-such-address", `This machine has no address ${address}.`, error);
    case "ERR_SOCKET_BAD_PORT":
      return new LanServerError("failed", `${port} is no port. Choose one from 1 to 65535, or 0 for any.`, error);
    default:
      return new LanServerError("failed", `Cannot listen on port ${port}: ${error.message}`, error);
  }
}

/** @throws LanServerError */
function checkAddress(address: string, interfaces: LanServerOptions["interfaces"]): void {
  const own = ipv4Addresses(interfaces).map((each) => each.address);
  if (address === "" || own.includes(address) || (isLoopback(address) && encodeLanCode({ address, port: 1 }))) return;
  const there = own.length > 0 ? `It has ${own.slice(0, MAX_CODES).join(", ")}.` : "It is in no network.";
  throw new LanServerError(
    "no-such-address",
    `This machine has no IPv4 address ${toTerminalLine(address, 50)}. ${there}`,
  );
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.");
}

function ipv4Addresses(
  interfaces: (() => Interfaces) | undefined,
  routes: readonly string[] = [],
): readonly ReachableAddress[] {
  return reachableAddresses(readInterfaces(interfaces), routes).filter(({ address }) => !address.includes(":"));
}

/** @throws LanServerError as a rejection */
async function findFolder(folder: string): Promise<string> {
  try {
    const real = await realpath(folder);
    if ((await stat(real)).isDirectory()) return real;
  } catch {
    // Said below.
  }
  throw new LanServerError(
    "no-such-folder",
    `There is no folder ${toTerminalLine(folder, 300)}. Build the game, or name its folder.`,
  );
}
