import { isIP } from "node:net";

/** A candidate that libdatachannel can use. */
export interface UsableCandidate {
  /** The line, made anew from its parts: nothing else of a stranger's text reaches native code. */
  readonly line: string;
  readonly type: string;
  readonly address: string;
  /** Address and port. */
  readonly endpoint: string;
}

/** RFC 8839, 5.1; what follows the type (raddr, ufrag, …) is of no use here. */
const CANDIDATE =
  /^(?:a=)?candidate:([\w+/-]{1,32}) (\d{1,3}) (\w{1,16}) (\d{1,10}) ([^\s]{1,256}) (\d{1,5}) typ (host|srflx|prflx|relay)(?: |$)/i;

/** The names behind which browsers hide their local addresses (draft-ietf-mmusic-mdns-ice-candidates): a UUID. */
const MDNS_NAME = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.local$/i;

const MAX_LENGTH = 1024;

/**
 * Reads a candidate. `undefined` when it is sound but of no use: over TCP, of another component, or with a
 * host name that is no browser's; names that a stranger chooses are never looked up.
 *
 * @throws TypeError when it is no candidate
 */
export function readCandidate(text: string): UsableCandidate | undefined {
  const parts = text.length <= MAX_LENGTH ? CANDIDATE.exec(text) : null;
  if (!parts) throw new TypeError("Not an ICE candidate.");
  const [, foundation, component, transport, priority, address, port, type] = parts as string[] as Parts;
  if (Number(priority) > 0xffff_ffff || Number(port) > 65535) throw new TypeError("Not an ICE candidate.");
  const isAddress = isIP(address) !== 0 && !address.includes("%");
  if (component !== "1" || transport.toLowerCase() !== "udp" || Number(port) === 0) return undefined;
  if (!isAddress && !MDNS_NAME.test(address)) return undefined;
  const kind = type.toLowerCase();
  const line = `candidate:${foundation} 1 UDP ${priority} ${address} ${port} typ ${kind}`;
  return { line, type: kind, address, endpoint: `${address} ${port}` };
}

/** Whether the address is a browser's `.local` name, which the system's resolver must look up. */
export function isMdns({ address }: UsableCandidate): boolean {
  return MDNS_NAME.test(address);
}

type Parts = [string, string, string, string, string, string, string, string];
