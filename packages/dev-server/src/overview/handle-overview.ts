import type { IncomingMessage, ServerResponse } from "node:http";
import { sendClientFile } from "../live-reload/client-files.ts";
import { overviewStatus, type OverviewState } from "./overview-status.ts";

/** Where the overview page is. */
const OVERVIEW_PATH = "/clayground/";

const FILES: ReadonlyMap<string, string> = new Map([
  [OVERVIEW_PATH, "overview.html"],
  ["/clayground/clay.css", "clay.css"],
  ["/clayground/overview.css", "overview.css"],
  ["/clayground/overview.js", "overview.js"],
  ["/clayground/icon.svg", "icon.svg"],
]);
const STATUS_PATH = "/clayground/status.json";

// Everything on the page comes from this server, and nothing in it can run a script.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HEADERS = {
  "content-security-policy": POLICY,
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Answers a request for the overview page, its files, or its data; `false` when it is for something else. Must come
 * behind the check of the `Host` header, and without CORS: the data has the codes of running networks.
 */
export function handleOverview(request: IncomingMessage, response: ServerResponse, state: OverviewState): boolean {
  const path = (request.url ?? "").split(/[?#]/, 1)[0] ?? "";
  const file = FILES.get(path);
  if (file !== undefined) {
    sendClientFile(request, response, file, HEADERS);
  } else if (path === STATUS_PATH) {
    sendStatus(request, response, state);
  } else if (path === "/clayground") {
    response.writeHead(302, { location: OVERVIEW_PATH, "cache-control": "no-cache" });
    response.end();
  } else {
    return false;
  }
  return true;
}

function sendStatus(request: IncomingMessage, response: ServerResponse, state: OverviewState): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { "content-type": "text/plain; charset=utf-8", allow: "GET, HEAD" });
    response.end("Only GET and HEAD.\n");
    return;
  }
  const body = Buffer.from(JSON.stringify(overviewStatus(state)));
  response.writeHead(200, {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...HEADERS,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
