import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basePaths, requestPath, trimPath } from "./endpoint.ts";

// PeerServer's own answer, because programs look at it to see what answers there.
const DESCRIPTION = JSON.stringify({
  name: "PeerJS Server",
  description: "A server side element to broker connections between PeerJS clients.",
  website: "https://peerjs.com/",
});

/** Where the signaling server is, as given to `createSignalingServer`. */
export interface SignalingLocation {
  /** @default "/peerjs" */
  readonly path?: string;
  /** @default "peerjs" */
  readonly key?: string;
}

/**
 * Answers PeerServer's HTTP requests: `GET /` says what the server is, `GET /:key/id` draws an id for
 * a client that has none. Returns `false`, and touches nothing, when the request is for something else.
 */
export function handleSignalingRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { path = "/peerjs", key = "peerjs" }: SignalingLocation = {},
): boolean {
  if (request.method !== "GET") return false;
  const requested = requestPath(request.url);
  for (const base of basePaths(path)) {
    if (requested === `${base}/${key}/id`) return answer(response, "text/plain; charset=utf-8", randomUUID());
  }
  const root = basePaths(path)[0] ?? "";
  return requested === trimPath(root) && answer(response, "application/json; charset=utf-8", DESCRIPTION);
}

function answer(response: ServerResponse, type: string, body: string): true {
  // PeerJS asks from pages of any origin; there is nothing secret in the answers.
  response.writeHead(200, { "content-type": type, "access-control-allow-origin": "*", "cache-control": "no-store" });
  response.end(body);
  return true;
}
