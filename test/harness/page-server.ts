import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { compiledAgent } from "./compile-agent.ts";

const LIBRARY = fileURLToPath(new URL("../../packages/network/dist/clayground-network.js", import.meta.url));
const PAGE = `<!doctype html><meta charset="utf-8"><title>node</title><script type="module" src="/agent/page.js"></script>`;

/** Serves the page that a browser node lives in, with the prebuilt library. */
export interface PageServer {
  /** The page's address. */
  url: string;
  close(): Promise<void>;
}

export async function startPageServer(): Promise<PageServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://page");
    void body(pathname).then(
      (content) => {
        response.writeHead(200, { "content-type": pathname === "/" ? "text/html" : "text/javascript" }).end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function body(pathname: string): Promise<string | Buffer> {
  if (pathname === "/") return PAGE;
  if (pathname === "/clayground-network.js") return readFile(LIBRARY);
  const agent = /^\/agent\/([\w-]+\.js)$/.exec(pathname)?.[1];
  if (!agent) throw new Error("not found");
  return readFile(compiledAgent(agent));
}
