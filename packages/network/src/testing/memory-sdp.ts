import type { IceCandidate } from "../platform/platform.ts";

/** What the other side needs to know of a description. */
export interface ParsedSdp {
  readonly ufrag: string;
  readonly candidates: readonly string[];
}

/** Where a candidate leads. */
export interface CandidateAddress {
  readonly address: string;
  readonly port: number;
}

/** Longest candidate line and SDP that a browser is known to make are far below. */
const MAX_SDP_LENGTH = 1024 * 1024;

// RFC 8839, 5.1. One line.
const CANDIDATE = /^(?:a=)?candidate:\S+ \d+ \S+ \d+ (\S+) (\d{1,5}) typ (?:host|srflx|prflx|relay)(?: .*)?$/;

/** A session description as libdatachannel writes it (wire-protocol, 3.2). */
export function writeSdp(type: "offer" | "answer", ufrag: string, password: string, session: number): string {
  const lines = [
    "v=0",
    `o=rtc ${session} 0 IN IP4 127.0.0.1`,
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "a=msid-semantic:WMS *",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    "a=mid:0",
    "a=sendrecv",
    "a=sctp-port:5000",
    "a=max-message-size:262144",
    `a=setup:${type === "offer" ? "actpass" : "active"}`,
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    "a=ice-options:ice2,trickle",
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, i) => (i * 7 + session).toString(16).slice(-2).padStart(2, "0").toUpperCase()).join(":")}`,
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** Reads a description of a data-channel session; a sentence when it is none. */
export function parseSdp(sdp: unknown, type: "offer" | "answer"): ParsedSdp | string {
  if (typeof sdp !== "string" || sdp.length > MAX_SDP_LENGTH) return "it is not a text";
  const lines = sdp.split(/\r?\n/);
  const valueOf = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
  if (lines[0] !== "v=0") return "it does not begin with v=0";
  if (!lines.some((line) => line.startsWith("m=application "))) return "it has no data channel";
  const ufrag = valueOf("ice-ufrag");
  if (!ufrag || !valueOf("ice-pwd")) return "it has no ICE credentials";
  if (!valueOf("fingerprint")) return "it has no fingerprint";
  const setup = valueOf("setup");
  const setups = type === "offer" ? ["actpass", "active", "passive"] : ["active", "passive"];
  if (!setup || !setups.includes(setup)) return `setup:${setup ?? ""} does not fit an ${type}`;
  return { ufrag, candidates: lines.filter((line) => line.startsWith("a=candidate:")) };
}

export function writeCandidate(place: CandidateAddress, ufrag: string): IceCandidate {
  return {
    candidate: `candidate:1 1 UDP 2122317823 ${place.address} ${place.port} typ host`,
    sdpMid: "0",
    sdpMLineIndex: 0,
    usernameFragment: ufrag,
  };
}

/** Where a candidate line leads; `undefined` when it is malformed. */
export function parseCandidate(line: string): CandidateAddress | undefined {
  const [, address, port] = CANDIDATE.exec(line) ?? [];
  return address !== undefined && Number(port) <= 0xffff ? { address, port: Number(port) } : undefined;
}
