import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { TLSSocket } from "node:tls";
import { handleSignalingRequest } from "@clayground/signaling-server";
import send from "send";
import { findFile } from "./project-files.ts";
import { addSignalingMeta } from "./signaling-meta.ts";

/** Where pages and existing apps look for signaling. */
export const SIGNALING_PATH = "/peerjs";

/** What is served. */
export interface Site {
  /** The project's folder, as a real path. */
  readonly root: string;
  /** The folder and name of the prebuilt `@clayground/network`. */
  readonly library: { readonly folder: string; readonly file: string };
}

const LIBRARY_PATH = "/clayground/network.js";
const NOT_BUILT = "clay-dev-server: @clayground/network is not built. Run `npm run build`, then reload.\n";
// Else they would be downloaded instead of shown.
const EXTRA_TYPES: Readonly<Record<string, string>> = { ".qml": "text/plain; charset=utf-8" };
// A host name or address with a port: all that a URL needs, and nothing that HTML could mistake.
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** Answers one request for the site; never rejects. */
export async function handleRequest(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(site, request, response);
  } catch {
    // A file that vanished, or that may not be read.
    if (!response.headersSent) answer(response, 500, "Cannot read this file.\n");
    else response.destroy();
  }
}

async function route(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "").split(/[?#]/, 1)[0] ?? "";
  if (path.startsWith(`${SIGNALING_PATH}/`) && handleSignalingRequest(request, response, { path: SIGNALING_PATH }))
    return;
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    answer(response, 405, "Only GET and HEAD.\n");
  } else if (path === LIBRARY_PATH || path === `/clayground/${site.library.file}.map`) {
    // The map is asked for by its own name, which stands in the library's last line.
    const file = path === LIBRARY_PATH ? site.library.file : `${site.library.file}.map`;
    sendFile(request, response, site.library.folder, file, { status: 503, text: NOT_BUILT });
  } else {
    await serveProject(site.root, path, request, response);
  }
}

async function serveProject(
  root: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = await findFile(root, path);
  if (target.type === "redirect") {
    response.setHeader("location", target.location);
    answer(response, 302, "");
  } else if (target.type === "none") {
    answer(response, 404, "No such file in this project.\n");
  } else if (/\.html?$/i.test(target.path)) {
    const page = addSignalingMeta(await readFile(join(root, target.path)), signalingUrl(request));
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-length": page.length,
      "cache-control": "no-cache",
    });
    response.end(request.method === "HEAD" ? undefined : page);
  } else {
    sendFile(request, response, root, target.path, { status: 404, text: "No such file in this project.\n" });
  }
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  root: string,
  path: string,
  missing: { readonly status: number; readonly text: string },
): void {
  const type = EXTRA_TYPES[extname(path).toLowerCase()];
  if (type !== undefined) response.setHeader("content-type", type);
  // Browsers may keep files, but ask each time whether they have changed.
  response.setHeader("cache-control", "no-cache");
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  send(request, encoded, { root, index: false, dotfiles: "ignore", cacheControl: false })
    .on("error", ({ status, headers }: { status: number; headers?: Record<string, string> }) => {
      if (status === 404) return answer(response, missing.status, missing.text);
      // 416 carries the size of the file.
      for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
      answer(response, status, "");
    })
    .pipe(response);
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" });
  response.end(text);
}

/** Signaling at the address under which the page was asked for: a phone reaches this machine by no other. */
function signalingUrl(request: IncomingMessage): string {
  const { host } = request.headers;
  const { socket } = request;
  const address =
    socket.localFamily === "IPv6" ? `[${socket.localAddress ?? "::1"}]` : (socket.localAddress ?? "127.0.0.1");
  const authority = host !== undefined && HOST.test(host) ? host : `${address}:${socket.localPort ?? 0}`;
  return `${socket instanceof TLSSocket ? "wss" : "ws"}://${authority}${SIGNALING_PATH}`;
}
