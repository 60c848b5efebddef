import { isIPv6 } from "node:net";
import type { IceServer } from "@clayground/network";
import type { NativeIceServer } from "./native.ts";

/** `scheme:host[:port][?transport=…]` (RFC 7064, RFC 7065); an IPv6 address stands in brackets. */
const URL_FORM = /^(stuns?|turns?):(?:\[([^\]]+)\]|([^\s:?[\]/@]+))(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;

/** RFC 8489, 14.3: a user name has fewer than 513 bytes. */
const MAX_CREDENTIAL_BYTES = 512;

/**
 * W3C's ICE servers in libdatachannel's form. What its ICE agent (libjuice) cannot speak, STUN over TLS and
 * TURN over TCP or TLS, is left out; the other servers still work.
 *
 * @throws TypeError when a URL is malformed, or a TURN server comes without user name and credential
 */
export function toNativeIceServers(servers: readonly IceServer[]): NativeIceServer[] {
  return servers.flatMap((server) => {
    const urls = Array.isArray(server.urls) ? server.urls : [server.urls];
    return urls.flatMap((url) => toNative(url, server));
  });
}

function toNative(url: unknown, { username, credential }: IceServer): NativeIceServer[] {
  const [, scheme, ipv6, name, digits, transport] = URL_FORM.exec(String(url)) ?? [];
  const hostname = ipv6 ?? name;
  const port = digits === undefined ? 3478 : Number(digits);
  if (!scheme || !hostname || port < 1 || port > 65535 || (ipv6 !== undefined && !isIPv6(ipv6)))
    throw new TypeError(`Not the URL of a STUN or TURN server: ${JSON.stringify(String(url).slice(0, 200))}`);
  const kind = scheme.toLowerCase();
  if (kind === "stun") return [{ hostname, port }];
  if (kind === "stuns") return [];
  if (!isCredential(username) || !isCredential(credential))
    throw new TypeError(`A TURN server needs username and credential: ${url}`);
  if (kind === "turns" || transport?.toLowerCase() === "tcp") return [];
  return [{ hostname, port, username, password: credential, relayType: "TurnUdp" }];
}

function isCredential(value: unknown): value is string {
  return typeof value === "string" && value !== "" && Buffer.byteLength(value) <= MAX_CREDENTIAL_BYTES;
}
