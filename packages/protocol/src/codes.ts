/** Where a host is found on a local network. */
export interface LanEndpoint {
  /** IPv4 address in dotted form. */
  readonly address: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** What every node calls the host in LAN mode: its id in signaling, in `from`, and in rosters. */
export const LAN_HOST_ID = "HOST";

// 32 letters and digits, none that look alike (I, O, 0, 1).
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const CODE_LENGTH = 6;
const NETWORK_CODE = /^[A-HJ-NP-Z2-9]{6}$/i;
// 255.255.255.255 is 1Z141Z3, port 65535 is 1EKF.
const LAN_CODE = /^L([0-9A-Z]{1,7})-([0-9A-Z]{1,4})$/i;
// Longer input is no code, however many spaces it has.
const MAX_TYPED_LENGTH = 64;
// 0.0.0.0/8 is "this network" (RFC 1122); without it a 6 character code is never a LAN code.
const MIN_IPV4 = 2 ** 24;

/** Draws a network code. `randomBytes` must be a cryptographic source: whoever guesses a code can join. */
export function drawNetworkCode(randomBytes: (count: number) => Uint8Array): string {
  let code = "";
  // 32 divides 256, so each letter is equally likely.
  for (const byte of randomBytes(CODE_LENGTH)) code += ALPHABET[byte & 31];
  return code;
}

/** The network code that a person meant, forgiving case, spaces and dashes; `undefined` when it is none. */
export function normalizeNetworkCode(input: string): string | undefined {
  if (input.length > MAX_TYPED_LENGTH) return undefined;
  const code = input.replace(/[\s\p{Pd}]/gu, "");
  return NETWORK_CODE.test(code) ? code.toUpperCase() : undefined;
}

/** Whether the input is the code of a network on the local network. No network code ever is one too. */
export function isLanCode(input: string): boolean {
  return decodeLanCode(input) !== undefined;
}

/** The code of a host on the local network; `undefined` when the address is no IPv4 address or the port is out of range. */
export function encodeLanCode(endpoint: LanEndpoint): string | undefined {
  const ip = parseIpv4(endpoint.address);
  const { port } = endpoint;
  if (ip === undefined || !Number.isInteger(port) || port < 1 || port > 65535) return undefined;
  return `L${ip.toString(36)}-${port.toString(36)}`.toUpperCase();
}

/** The address and port that a LAN code names, forgiving case, spaces and kinds of dashes; `undefined` when it is none. */
export function decodeLanCode(code: string): LanEndpoint | undefined {
  if (code.length > MAX_TYPED_LENGTH) return undefined;
  const match = LAN_CODE.exec(code.replace(/\s/g, "").replace(/\p{Pd}/gu, "-"));
  if (match === null) return undefined;
  const ip = Number.parseInt(match[1] ?? "", 36);
  const port = Number.parseInt(match[2] ?? "", 36);
  if (ip < MIN_IPV4 || ip >= 2 ** 32 || port < 1 || port > 65535) return undefined;
  return { address: [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255).join("."), port };
}

function parseIpv4(address: string): number | undefined {
  if (!/^(?:\d{1,3}\.){3}\d{1,3}$/.test(address)) return undefined;
  let ip = 0;
  for (const part of address.split(".")) {
    if (Number(part) > 255) return undefined;
    ip = ip * 256 + Number(part);
  }
  return ip < MIN_IPV4 ? undefined : ip;
}
