import type { IceCandidate } from "../platform/platform.ts";

/** Type and protocol of a candidate (RFC 8839, 5.1), without its address: `host udp`. */
export function describeCandidate({ candidate }: IceCandidate): string {
  const [, , protocol = "", , , , , type = ""] = candidate.split(" ");
  return `${type} ${protocol.toLowerCase()}`;
}
