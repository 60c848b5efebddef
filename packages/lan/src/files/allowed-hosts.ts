import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";

/** Why a request is not for this server. */
export interface WrongAddress {
  readonly status: 400 | 403;
  readonly text: string;
}

/** Whether a name in lower case is one of the server's own. */
export type IsAllowedHost = (name: string) => boolean;

// A name or an address, perhaps with a port; nothing that a URL or a page could mistake.
const AUTHORITY = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * A foreign page can let its own name lead to this machine (DNS rebinding), and then read as if it came
 * from here. It cannot hide that name in the `Host` header, so only names that are known are answered.
 */
export function allowedHosts(extra: readonly string[], machine: string = hostname()): IsAllowedHost {
  const first = machine.split(".", 1)[0] ?? machine;
  const exact = new Set(["localhost", machine, first, `${first}.local`, ...extra].map((name) => name.toLowerCase()));
  const endings = [".localhost", ...extra.map((name) => name.toLowerCase()).filter((name) => name.startsWith("."))];
  return (name) =>
    isIP(name.replace(/^\[|\]$/g, "")) !== 0 || exact.has(name) || endings.some((ending) => name.endsWith(ending));
}

/**
 * `undefined` when a request names this server, and in the one way that cannot be read in two.
 *
 * @param refusal what to say to who came under another name
 */
export function findWrongAddress(
  request: IncomingMessage,
  isAllowed: IsAllowedHost,
  refusal: (name: string) => string,
): WrongAddress | undefined {
  // An absolute target would name another host than the header does (RFC 9112, 3.2.2).
  if (request.url?.startsWith("/") !== true) return { status: 400, text: "The request must be for a path.\n" };
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host");
  const match = AUTHORITY.exec(request.headers.host ?? "");
  if (hosts.length !== 1 || match === null) return { status: 400, text: "The request must have one Host header.\n" };
  const name = (match[1] ?? "").toLowerCase().replace(/\.$/, "");
  if (isAllowed(name)) return undefined;
  return { status: 403, text: refusal(name) };
}
