import type { IncomingMessage, ServerResponse } from "node:http";
import { requestPath } from "./endpoint.ts";

/**
 * Answers `GET /healthz`: 200 `ok`, or 503 `draining`, upon which a load balancer sends nobody more.
 * Returns `false`, and touches nothing, when the request is for something else.
 */
export function answerHealth(request: IncomingMessage, response: ServerResponse, isDraining: () => boolean): boolean {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead || requestPath(request.url) !== "/healthz") return false;
  const draining = isDraining();
  response.writeHead(draining ? 503 : 200, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(draining ? "draining\n" : "ok\n");
  return true;
}
