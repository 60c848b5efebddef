import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDevServer } from "clay-dev-server";
import type { DevServer, DevServerOptions } from "clay-dev-server";
import { compiledAgent } from "../compile-agent.ts";

const NODE_PAGE = `<!doctype html><meta charset="utf-8"><title>node</title><script type="module" src="/agent/page.js"></script>`;
const PEERJS_PAGE = `<!doctype html><meta charset="utf-8"><title>PeerJS</title>
<script src="/peerjs.min.js"></script><script type="module" src="/agent/peerjs.js"></script>`;

/** A game's folder behind the real clay-dev-server, which a test can take away and bring back on the same port. */
export interface ServedProject {
  port: number;
  /** Whether it speaks HTTPS. */
  secure: boolean;
  /** A page with a node in it, that finds signaling by what the dev server tells it; another port leads there, too. */
  nodePage(host?: string, port?: number): string;
  /** A page for {@link PeerJsPage}. */
  peerJsPage(host?: string): string;
  stop(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** It listens on all addresses, as the command does, and its pages use the library that it serves. */
export async function serveProject(options: Omit<DevServerOptions, "root"> = {}): Promise<ServedProject> {
  const root = makeProject();
  let server: DevServer | undefined = await startDevServer({ port: 0, ...options, root });
  const { port } = server;
  const secure = Boolean(options.https);
  const origin = (host = "127.0.0.1", at = port): string => `${secure ? "https" : "http"}://${host}:${at}`;
  const stop = async (): Promise<void> => {
    await server?.close();
    server = undefined;
  };
  return {
    port,
    secure,
    nodePage: (host, at) => `${origin(host, at)}/?library=/clayground/network.js`,
    peerJsPage: (host) => `${origin(host)}/peerjs.html`,
    stop,
    restart: async () => {
      await stop();
      server = await startDevServer({ ...options, root, port, strictPort: true });
    },
    close: stop,
  };
}

/** A game's folder with pages for nodes; it goes with all others that the tests make (see `global-setup.ts`). */
export function makeProject(): string {
  const root = mkdtempSync(join(tmpdir(), "clayground-project-"));
  cpSync(compiledAgent("."), join(root, "agent"), { recursive: true });
  cpSync(createRequire(import.meta.url).resolve("peerjs/dist/peerjs.min.js"), join(root, "peerjs.min.js"));
  writeFileSync(join(root, "index.html"), NODE_PAGE);
  writeFileSync(join(root, "peerjs.html"), PEERJS_PAGE);
  return root;
}
