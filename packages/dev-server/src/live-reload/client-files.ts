import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

const TYPES: ReadonlyMap<string, string> = new Map([
  ["css", "text/css"],
  ["html", "text/html"],
  ["js", "text/javascript"],
  ["svg", "image/svg+xml"],
]);

/** The scripts that `injectPage` names; they are the same in every project. */
const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ["/clayground/reload.js", "reload.js"],
  ["/clayground/console.js", "console.js"],
]);

/** Answers a request for one of the scripts that pages are given; `false` when it is for something else. */
export function handleClientScript(request: IncomingMessage, response: ServerResponse): boolean {
  const file = SCRIPTS.get((request.url ?? "").split(/[?#]/, 1)[0] ?? "");
  if (file === undefined) return false;
  // A page of another origin that was given the tag may load it under COEP, too.
  sendClientFile(request, response, file, { "cross-origin-resource-policy": "cross-origin" });
  return true;
}

/** Answers with a file of this package's folder `client`. `file` is one of our own names, nothing that was asked for. */
export function sendClientFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { "content-type": "text/plain; charset=utf-8", allow: "GET, HEAD" });
    response.end("Only GET and HEAD.\n");
    return;
  }
  readFile(new URL(`../../client/${file}`, import.meta.url)).then(
    (content) => {
      response.writeHead(200, {
        "content-type": `${TYPES.get(file.slice(file.lastIndexOf(".") + 1)) ?? ""}; charset=utf-8`,
        "content-length": content.length,
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        ...headers,
      });
      response.end(request.method === "HEAD" ? undefined : content);
    },
    () => {
      response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      response.end(`The file ${file} of clay-dev-server is missing. Install it again.\n`);
    },
  );
}
