import { realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import { allowedHosts, discoverNetworks, lanAddresses } from "@clayground/lan";
import { findCertificate } from "./certificate/find-certificate.ts";
import { createSiteServer } from "./http-server.ts";
import { installedLibraries } from "./libraries.ts";
import { isEveryAddress, isShared, listenOnFreePort } from "./listening.ts";
import { systemClock } from "./live-reload/clock.ts";
import { LiveReload } from "./live-reload/live-reload.ts";
import { DEFAULT_PORT, DevServerError, type DevServer, type DevServerOptions } from "./options.ts";
import { NearbyGames } from "./overview/nearby-games.ts";
import { PageConsole } from "./page-console.ts";
import type { Site } from "./requests.ts";
import { startSignaling } from "./signaling.ts";

// 5,000 files take half a second to watch. A huge folder must not keep the game waiting.
const WATCHED_WITHIN_MS = 3000;

/**
 * Serves a project's files with signaling at `/peerjs`, live reload, and the prebuilt libraries below
 * `/clayground/`; resolves when it listens.
 *
 * @throws DevServerError as a rejection, when the folder is missing, no port is free, or a certificate is unusable
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { port: wanted = DEFAULT_PORT, strictPort = false, host, allowHosts = [], warn } = options;
  const root = await findRoot(options.root);
  const certificate = await findCertificate(options);
  const signaling = options.signaling === false ? undefined : await startSignaling();
  const reload = options.reload === false ? undefined : new LiveReload(warn && { warn });
  // Who shares with nobody sends nothing to anybody.
  const nearby = isShared(host)
    ? new NearbyGames((signal) => discoverNetworks({ signal, ...(warn && { onProblem: warn }) }), systemClock)
    : undefined;
  const closeParts = async (): Promise<void> => {
    nearby?.close();
    await Promise.all([signaling?.close(), reload?.close()]);
  };

  let port = wanted;
  const urlOf = (name: string): string =>
    `${certificate === undefined ? "http" : "https"}://${name.includes(":") ? `[${name}]` : name}:${port}/`;
  const urls = {
    get local(): string {
      return urlOf(isEveryAddress(host) || !isShared(host) ? "localhost" : (host ?? "localhost"));
    },
    // Looked up each time: a laptop changes networks.
    get lan(): readonly string[] {
      return (isEveryAddress(host) ? lanAddresses() : isShared(host) ? [host ?? ""] : []).map(urlOf);
    },
  };
  const site: Site = {
    root,
    libraries: installedLibraries(),
    isAllowedHost: allowedHosts([...allowHosts, ...(host === undefined ? [] : [host])]),
    https: certificate !== undefined,
    isolate: options.isolate ?? false,
    signaling,
    reload,
    console: options.console && new PageConsole(options.console),
    overview: {
      name: basename(root),
      urls,
      peers: () => signaling?.peers() ?? [],
      ...(nearby && { nearby: () => nearby.list() }),
    },
  };
  const onTls = warnOnce(
    warn,
    () => `A browser tried https, but this is http: open ${urls.local}, or start with --https`,
  );
  const { server, destroyConnections } = createSiteServer(site, certificate, onTls);
  try {
    port = await listenOnFreePort(server, { port: wanted, host, strictPort });
  } catch (error) {
    await closeParts();
    throw error;
  }
  await settledWithin(WATCHED_WITHIN_MS, reload?.start(root));
  return {
    port,
    get localUrl() {
      return urls.local;
    },
    get lanUrls() {
      return urls.lan;
    },
    async close() {
      const stopped = new Promise((resolve) => void server.close(resolve));
      await closeParts();
      destroyConnections();
      // Who asked meanwhile has started another search.
      nearby?.close();
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

/** Anybody in the network can cause it again and again. */
function warnOnce(warn: DevServerOptions["warn"], text: () => string): () => void {
  let isTold = false;
  return () => {
    if (!isTold) warn?.(text());
    isTold = true;
  };
}

async function settledWithin(ms: number, started: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([started, timeout]);
  clearTimeout(timer);
}
