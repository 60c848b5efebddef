import type { ClientQuery } from "./client-query.ts";
import { detached } from "./detached.ts";

/** Where a server takes WebSockets: PeerServer's base path and `peerjs`. */
const ENDPOINT = "/peerjs";

/** A path without the slash at its end. */
export function trimPath(path: string): string {
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) === 0x2f) end -= 1;
  return path.slice(0, end);
}

/** A request's path, without query. */
export function requestPath(url: string | undefined): string {
  return trimPath((url ?? "").split("?", 1)[0] ?? "");
}

/**
 * Whether signaling for `url` is meant for the server at `path`. Existing apps use a URL as it is,
 * PeerJS adds `/peerjs` to it: both must arrive.
 */
export function isSignalingPath(url: string | undefined, path: string): boolean {
  const requested = requestPath(url);
  return requested === trimPath(path) || requested === trimPath(path) + ENDPOINT;
}

/** The base paths that PeerJS may have been given, for its HTTP requests. */
export function basePaths(path: string): readonly string[] {
  const own = trimPath(path);
  return own.endsWith(ENDPOINT) ? [own.slice(0, -ENDPOINT.length), own] : [own];
}

/** What a client says of itself in the query; where a parameter stands twice, the first counts. */
export function parseQuery(url: string | undefined): ClientQuery {
  const parameters = new URLSearchParams((url ?? "").replace(/^[^?]*\??/, ""));
  const read = (name: string): string | undefined => detachedOr(parameters.get(name));
  return { id: read("id"), token: read("token"), key: read("key"), version: read("version"), parameters };
}

function detachedOr(value: string | null): string | undefined {
  return value === null ? undefined : detached(value);
}
