import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { makeProject } from "../servers/project.ts";
import type { LanHost } from "./lan-host.ts";

const MANIFEST = createRequire(import.meta.url).resolve("clay-dev-server/package.json");

/** How a page comes: from the LAN, with a certificate that nobody signed, or without one from what passes for the internet. */
export type PageKind = "http" | "https" | "website";

/** Each has a port of its own: a browser takes servers for local ones, or for some on the internet, by their ports. */
export const PAGE_PORTS: Readonly<Record<PageKind, number>> = { http: 8090, https: 8443, website: 8080 };

/** The page that a browser node lives in, served by the command `clay-dev-server` on a host of the LAN. */
export interface LanPages {
  /** The page's address. */
  readonly url: string;
  /** The page of the server itself, for phones. */
  readonly overviewUrl: string;
}

/** It ends with the host. */
export async function servePages(host: LanHost, kind: PageKind): Promise<LanPages> {
  const program = join(dirname(MANIFEST), "bin/clay-dev-server.js");
  const port = PAGE_PORTS[kind];
  const site = `${host.name}.example`;
  const flags = kind === "https" ? ["--https"] : ["--allow-host", site];
  const args = [program, makeProject(), String(port), "--strict-port", "--json", ...flags];
  const child = host.spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(createInterface(child.stdout!), "line");
  const origin = `${kind === "https" ? "https" : "http"}://${kind === "website" ? site : host.address()}:${port}`;
  return { url: `${origin}/?library=/clayground/network.js`, overviewUrl: `${origin}/clayground/` };
}
