import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import {
  answer,
  findWrongAddress,
  sendFile,
  serveFolder,
  type IsAllowedHost,
  type WrongAddress,
} from "@clayground/lan";
import { answerPreflight, refuseUpgrade, setCommonHeaders } from "./answers.ts";
import { injectPage } from "./inject-page.ts";
import type { Library } from "./libraries.ts";
import { handleClientScript } from "./live-reload/client-files.ts";
import type { LiveReload } from "./live-reload/live-reload.ts";
import { handleOverview } from "./overview/handle-overview.ts";
import type { OverviewState } from "./overview/overview-status.ts";
import { CONSOLE_PATH, type PageConsole } from "./page-console.ts";
import { SIGNALING_PATH, type Signaling } from "./signaling.ts";

/** What is served; each part that is `undefined` is switched off. */
export interface Site {
  /** The project's folder, as a real path. */
  readonly root: string;
  readonly libraries: readonly Library[];
  readonly isAllowedHost: IsAllowedHost;
  /** Whether plain HTTP is refused. */
  readonly https: boolean;
  /** Whether pages are cross-origin isolated. */
  readonly isolate: boolean;
  readonly signaling: Signaling | undefined;
  readonly reload: LiveReload | undefined;
  readonly console: PageConsole | undefined;
  readonly overview: OverviewState;
}

/** Answers one request for the site; never rejects. */
export async function handleRequest(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    setCommonHeaders(response, site.isolate);
    const wrong = wrongAddress(site, request);
    if (wrong !== undefined) answer(response, wrong.status, wrong.text);
    else if (site.https && !isSecure(request)) answer(response, 400, secureLink(request), "text/html");
    else await route(site, request, response);
  } catch {
    // A file that vanished, or that may not be read.
    if (!response.headersSent) answer(response, 500, "Cannot read this file.\n");
    else response.destroy();
  }
}

/** Takes or refuses one request to become a WebSocket. */
export function handleUpgrade(site: Site, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const wrong = wrongAddress(site, request);
  if (wrong !== undefined)
    refuseUpgrade(socket, wrong.status === 403 ? "403 Forbidden" : "400 Bad Request", wrong.text);
  else if (site.https && !isSecure(request)) refuseUpgrade(socket, "400 Bad Request", "This server speaks wss.\n");
  else if (site.signaling === undefined) refuseUpgrade(socket, "404 Not Found", "There is no WebSocket here.\n");
  else site.signaling.handleUpgrade(request, socket, head);
}

async function route(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  if (request.method === "OPTIONS") return answerPreflight(response);
  if (site.signaling?.handleRequest(request, response) === true) return;
  if (site.reload?.handleRequest(request, response) === true) return;
  if (path === CONSOLE_PATH && site.console !== undefined) return site.console.handleRequest(request, response);
  if (handleClientScript(request, response)) return;
  if (path.startsWith("/clayground") && handleOwnPages(site, request, response)) return;
  const library = site.libraries.find((each) => path === each.path || path === `/clayground/${each.file}.map`);
  if (library === undefined) return serveProject(site, request, response);
  serveLibrary(library, path !== library.path, request, response);
}

/** Who reads the codes of running networks can join them: pages of other origins may not. */
function handleOwnPages(site: Site, request: IncomingMessage, response: ServerResponse): boolean {
  const cors = response.getHeader("access-control-allow-origin");
  response.removeHeader("access-control-allow-origin");
  if (handleOverview(request, response, site.overview)) return true;
  if (cors !== undefined) response.setHeader("access-control-allow-origin", cors);
  return false;
}

function serveLibrary(library: Library, isMap: boolean, request: IncomingMessage, response: ServerResponse): void {
  if (library.folder === undefined) return answer(response, 404, library.missing);
  // The map is asked for by its own name, which stands in the library's last line.
  sendFile(request, response, library.folder, isMap ? `${library.file}.map` : library.file, {
    status: 503,
    text: `clay-dev-server: ${library.file} is not built. Run \`npm run build\`, then reload.\n`,
  });
}

function serveProject(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const toPage = (html: Buffer): Buffer =>
    injectPage(html, {
      signalingUrl: site.signaling && signalingUrl(request),
      reload: site.reload !== undefined,
      console: site.console !== undefined,
    });
  return serveFolder({ root: site.root, toPage }, request, response);
}

function wrongAddress({ isAllowedHost }: Site, request: IncomingMessage): WrongAddress | undefined {
  return findWrongAddress(
    request,
    isAllowedHost,
    (name) =>
      `clay-dev-server does not answer to the name ${name}, so that no foreign page can pose as it.\nIf the name is yours, start it with --allow-host ${name}\n`,
  );
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split(/[?#]/, 1)[0] ?? "";
}

function isSecure(request: IncomingMessage): boolean {
  return request.socket instanceof TLSSocket;
}

/** Signaling at the address under which the page was asked for: a phone reaches this machine by no other. */
function signalingUrl(request: IncomingMessage): string {
  // A tunnel such as ngrok speaks HTTPS to the page and HTTP to this server.
  const isPageSecure = isSecure(request) || request.headers["x-forwarded-proto"] === "https";
  return `${isPageSecure ? "wss" : "ws"}://${request.headers.host ?? ""}${SIGNALING_PATH}`;
}

/** For who typed an address without `https://`, which browsers complete with `http://`. */
function secureLink(request: IncomingMessage): string {
  // Nothing in a request's target or in a checked Host header can leave the attribute but these two.
  const url = `https://${request.headers.host ?? ""}${request.url ?? ""}`.replace(
    /["&<>]/g,
    (c) => `&#${c.charCodeAt(0)};`,
  );
  return `<!doctype html><meta name="viewport" content="width=device-width"><p>This server speaks https: open <a href="${url}">${url}</a>\n`;
}
