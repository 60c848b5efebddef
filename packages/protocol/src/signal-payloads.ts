import { asObject, type JsonObject } from "./json.ts";
import { MAX_CANDIDATE_LENGTH, MAX_NAME_LENGTH, MAX_REASON_LENGTH, MAX_SDP_LENGTH } from "./limits.ts";

/** What a node of this library says of itself in an OFFER or ANSWER. Existing apps say nothing. */
export interface ClayAnnouncement {
  /** Version of the extensions in `SPEC.md` that it speaks: 1. */
  readonly v: number;
  /** In an ANSWER without `sdp`: why the host refuses; `"network-full"` or a text of at most 200 characters. */
  readonly refused?: string;
}

/** An ICE candidate line and its place in the SDP; at least one of the two places is there. */
export interface SignalCandidate {
  readonly candidate: string;
  readonly sdpMid?: string;
  readonly sdpMLineIndex?: number;
  readonly usernameFragment?: string;
}

/** The payload of an OFFER. */
export interface OfferPayload {
  readonly type: "data";
  /** Chosen by the joiner; empty when it sent none. */
  readonly connectionId: string;
  readonly sdp: { readonly type: "offer"; readonly sdp: string };
  readonly label?: string;
  readonly reliable?: boolean;
  readonly serialization?: string;
  /** `libdatachannel` from existing native apps. */
  readonly browser?: string;
  readonly clay?: ClayAnnouncement;
}

/** The payload of an ANSWER. Without `sdp` it is a refusal, and `clay.refused` says why. */
export interface AnswerPayload {
  readonly type: "data";
  /** The OFFER's; empty when the host sent none. */
  readonly connectionId: string;
  readonly sdp?: { readonly type: "answer"; readonly sdp: string };
  readonly browser?: string;
  readonly clay?: ClayAnnouncement;
}

/** The payload of a CANDIDATE. */
export interface CandidatePayload {
  readonly type: "data";
  readonly connectionId: string;
  readonly candidate: SignalCandidate;
}

/** The payload of a REJECT, by which existing native hosts refuse a joiner. */
export interface RejectPayload {
  readonly type: "data";
  readonly connectionId: string;
  readonly reason: string;
}

// RFC 8839, 5.1: foundation, component, transport, priority, address, port, type. One line.
const CANDIDATE = /^candidate:\S+ \d+ \S+ \d+ \S+ \d+ typ \S+(?: [^\r\n]*)?$/;

/** Reads an OFFER's payload; `undefined` when it is no data connection or has no SDP. */
export function parseOffer(input: unknown): OfferPayload | undefined {
  const payload = dataPayload(input);
  const sdp = parseSdp(payload?.sdp, "offer");
  if (payload === undefined || sdp === undefined) return undefined;
  const { reliable } = payload;
  return compact<OfferPayload>({
    type: "data",
    connectionId: parseName(payload.connectionId) ?? "",
    sdp: { type: "offer", sdp },
    label: parseName(payload.label),
    reliable: typeof reliable === "boolean" ? reliable : undefined,
    serialization: parseName(payload.serialization),
    browser: parseName(payload.browser),
    clay: parseAnnouncement(payload.clay),
  });
}

/** Reads an ANSWER's payload; `undefined` when it has neither an SDP nor a refusal. */
export function parseAnswer(input: unknown): AnswerPayload | undefined {
  const payload = dataPayload(input);
  if (payload === undefined) return undefined;
  const sdp = parseSdp(payload.sdp, "answer");
  const clay = parseAnnouncement(payload.clay);
  if (sdp === undefined && clay?.refused === undefined) return undefined;
  return compact<AnswerPayload>({
    type: "data",
    connectionId: parseName(payload.connectionId) ?? "",
    sdp: sdp === undefined ? undefined : { type: "answer", sdp },
    browser: parseName(payload.browser),
    clay,
  });
}

/** Reads a CANDIDATE's payload; `undefined` when it has no well-formed candidate line. */
export function parseCandidate(input: unknown): CandidatePayload | undefined {
  const payload = dataPayload(input);
  const ice = asObject(payload?.candidate);
  const line = ice?.candidate;
  if (payload === undefined || ice === undefined || typeof line !== "string") return undefined;
  if (line.length > MAX_CANDIDATE_LENGTH || !CANDIDATE.test(line)) return undefined;
  const sdpMid = parseName(ice.sdpMid);
  const index = ice.sdpMLineIndex;
  // W3C's addIceCandidate rejects a candidate without a place; a data connection has only place 0.
  const fallback = sdpMid === undefined ? 0 : undefined;
  return {
    type: "data",
    connectionId: parseName(payload.connectionId) ?? "",
    candidate: compact<SignalCandidate>({
      candidate: line,
      sdpMid,
      sdpMLineIndex: Number.isInteger(index) && (index as number) >= 0 && (index as number) < 256 ? (index as number) : fallback,
      usernameFragment: parseName(ice.usernameFragment),
    }),
  };
}

/** Reads a REJECT's payload. */
export function parseReject(input: unknown): RejectPayload | undefined {
  const payload = dataPayload(input);
  if (payload === undefined) return undefined;
  return { type: "data", connectionId: parseName(payload.connectionId) ?? "", reason: parseReason(payload.reason) };
}

/** A text that is shown to a person: cut to its limit, empty when it is none. */
export function parseReason(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MAX_REASON_LENGTH) : "";
}

// PeerJS's media calls use the same messages with the type "media".
function dataPayload(input: unknown): JsonObject | undefined {
  const payload = asObject(input);
  return (payload?.type ?? "data") === "data" ? payload : undefined;
}

// Existing apps accept a plain string in place of { type, sdp }.
function parseSdp(value: unknown, type: "offer" | "answer"): string | undefined {
  const description = asObject(value);
  if (description && (description.type ?? type) !== type) return undefined;
  const sdp = description ? description.sdp : value;
  return typeof sdp === "string" && sdp.length <= MAX_SDP_LENGTH && sdp.startsWith("v=0") ? sdp : undefined;
}

function parseAnnouncement(value: unknown): ClayAnnouncement | undefined {
  const clay = asObject(value);
  const v = clay?.v;
  if (clay === undefined || typeof v !== "number" || !Number.isSafeInteger(v) || v < 1) return undefined;
  return typeof clay.refused === "string" ? { v, refused: parseReason(clay.refused) } : { v };
}

function parseName(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= MAX_NAME_LENGTH ? value : undefined;
}

/** Leaves out the members that are undefined. */
function compact<T extends object>(members: { [K in keyof Required<T>]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
