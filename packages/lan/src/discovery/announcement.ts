import { decodeLanCode, encodeLanCode } from "@clayground/protocol";

/** What a host tells the local network about its network. */
export interface Announcement {
  /** Its name for people. Control characters become spaces, and only the first 60 characters are told. */
  readonly name: string;
  /** Its LAN codes, best first; all have the port. The first 8 are told. */
  readonly codes: readonly string[];
  /** How many nodes are in, the host included: 0 to 9999. */
  readonly nodeCount: number;
  /** How many nodes it takes, the host included: 1 to 9999. */
  readonly maxNodes: number;
  /** Which game it is, so that others list only their own: up to 64 characters; `""` says nothing. */
  readonly appId: string;
  /** The TCP port of the host's server: 1 to 65535. */
  readonly port: number;
}

/** Most codes of one network: a machine with more addresses tells the best ones. */
export const MAX_CODES = 8;
const MAX_NAME_LENGTH = 60;
const MAX_APP_ID_LENGTH = 64;
const MAX_COUNT = 9999;
// RFC 6763, 6.1: one string of a TXT record has 255 bytes at most. 60 characters of 4 bytes fit behind `name=`.
const MAX_NAME_BYTES = 240;
const MAX_STRINGS = 32;
// Control characters, halves of characters, line breaks, and what turns the direction of the text around it.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
const VERSION = "1";

/** The announcement with a name that can be shown. @throws RangeError for what no host may tell */
export function checkedAnnouncement(announcement: Announcement): Announcement {
  const { codes, nodeCount, maxNodes, appId, port } = announcement;
  const check = (isRight: boolean, message: string): void => {
    if (!isRight) throw new RangeError(message);
  };
  check(Number.isInteger(port) && port >= 1 && port <= 65535, `port must be 1 to 65535, not ${port}`);
  check(isCount(nodeCount), `nodeCount must be an integer from 0 to ${MAX_COUNT}, not ${nodeCount}`);
  check(isCount(maxNodes) && maxNodes > 0, `maxNodes must be an integer from 1 to ${MAX_COUNT}, not ${maxNodes}`);
  check(
    isAppId(appId),
    `appId must have at most ${MAX_APP_ID_LENGTH} characters, none of them a control character: ${JSON.stringify(appId)}`,
  );
  const told = codes.slice(0, MAX_CODES);
  check(told.length > 0, "codes must have a LAN code");
  for (const code of told) check(normalCode(code, port) !== undefined, `no LAN code of port ${port}: ${code}`);
  return { name: printable(announcement.name), codes: told, nodeCount, maxNodes, appId, port };
}

/** The strings of the TXT record; `port` is in the SRV record. */
export function announcementToText({ name, codes, nodeCount, maxNodes, appId }: Announcement): readonly string[] {
  return [`v=${VERSION}`, `name=${name}`, `n=${nodeCount}`, `max=${maxNodes}`, `app=${appId}`, `c=${codes.join(",")}`];
}

/** Reads what somebody on the local network announces; `undefined` when it is not exactly what a host may tell. */
export function textToAnnouncement(port: number, strings: readonly Uint8Array[]): Announcement | undefined {
  const text = readStrings(strings);
  if (text === undefined || text.get("v") !== VERSION || port === 0) return undefined;
  const name = text.get("name") ?? "";
  const appId = text.get("app") ?? "";
  const nodeCount = readCount(text.get("n"));
  const maxNodes = readCount(text.get("max"));
  if (!isName(name) || !isAppId(appId) || nodeCount === undefined || !maxNodes) return undefined;
  const said = (text.get("c") ?? "").split(",", MAX_CODES + 1);
  const codes = said.map((code) => normalCode(code, port)).filter((code) => code !== undefined);
  if (said.length > MAX_CODES || codes.length < said.length) return undefined;
  return { name, codes: [...new Set(codes)], nodeCount, maxNodes, appId, port };
}

/** Keys and values as in RFC 6763, 6.4: case does not matter, and of two the first counts. */
function readStrings(strings: readonly Uint8Array[]): ReadonlyMap<string, string> | undefined {
  if (strings.length > MAX_STRINGS) return undefined;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const text = new Map<string, string>();
  try {
    for (const bytes of strings) {
      const [, key = "", value = ""] = /^([^=]*)=?([^]*)$/.exec(decoder.decode(bytes)) ?? [];
      if (!text.has(key.toLowerCase())) text.set(key.toLowerCase(), value);
    }
  } catch {
    return undefined; // No UTF-8.
  }
  return text;
}

function readCount(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,4}$/.test(value) ? Number(value) : undefined;
}

/** The code as everybody writes it, when it is one machine's address with this port. */
function normalCode(code: string, port: number): string | undefined {
  const endpoint = decodeLanCode(code);
  // From 224 on they are multicast and broadcast.
  if (endpoint?.port !== port || Number.parseInt(endpoint.address, 10) >= 224) return undefined;
  return encodeLanCode(endpoint);
}

function printable(name: string): string {
  const clean = name.replace(new RegExp(UNPRINTABLE, "gu"), " ").replace(/ +/g, " ").trim();
  return [...clean].slice(0, MAX_NAME_LENGTH).join("").trim() || "Game";
}

function isName(name: string): boolean {
  return (
    name.trim() !== "" &&
    Buffer.byteLength(name) <= MAX_NAME_BYTES &&
    [...name].length <= MAX_NAME_LENGTH &&
    !UNPRINTABLE.test(name)
  );
}

function isAppId(appId: string): boolean {
  return appId.length <= MAX_APP_ID_LENGTH && !UNPRINTABLE.test(appId);
}

function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 0 && count <= MAX_COUNT;
}
