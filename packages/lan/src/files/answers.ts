import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers with a text. */
export function answer(response: ServerResponse, status: number, text: string, type = "text/plain"): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-cache",
  });
  response.end(text);
}

/** Answers a request that does not want to read; `false`, and nothing is touched, for one that does. */
export function refuseWriting(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === "GET" || request.method === "HEAD") return false;
  response.setHeader("allow", "GET, HEAD");
  answer(response, 405, "Only GET and HEAD.\n");
  return true;
}
