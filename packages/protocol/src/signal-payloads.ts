import { asObject, isSequence, type JsonObject } from "./json.ts";
import { MAX_CANDIDATE_LENGTH, MAX_NAME_LENGTH, MAX_REASON_LENGTH, MAX_SDP_LENGTH } from "./limits.ts";

/** What a node of this library says of itself in an OFFER or ANSWER. Existing apps say nothing. */
export interface ClayAnnouncement {
  /** Version of the extensions in `SPEC.md` that it speaks: 1. */
  readonly v: number;
  /** In an ANSWER without `sdp`: why the host refuses; `"network-full"` or a text of at most 200 characters. */
  readonly refused?: string;
  /** In an OFFER: the node can be in a mesh; in an ANSWER: the network is one (S63). */
  readonly mesh?: true;
}

/** An ICE candidate line and its place in the SDP. */
export interface SignalCandidate {
  readonly candidate: string;
  readonly sdpMid: string;
  readonly sdpMLineIndex: number;
  readonly usernameFragment?: string;
}

/** The payload of an OFFER. Existing apps also read and write `browser`, `label`, `reliable` and `serialization`. */
export interface OfferPayload {
  readonly type: "data";
  /** Chosen by the joiner; empty when it sent none. */
  readonly connectionId: string;
  readonly sdp: { readonly type: "offer"; readonly sdp: string };
  readonly label?: string;
  readonly reliable?: boolean;
  readonly serialization?: string;
  readonly clay?: ClayAnnouncement;
}

/** The payload of an ANSWER. Without `sdp` it is a refusal, and `clay.refused` says why. */
export interface AnswerPayload {
  readonly type: "data";
  /** The OFFER's; empty when the host sent none. */
  readonly connectionId: string;
  readonly sdp?: { readonly type: "answer"; readonly sdp: string };
  readonly clay?: ClayAnnouncement;
}

/** The payload of a CANDIDATE. */
export interface CandidatePayload {
  readonly type: "data";
  readonly connectionId: string;
  readonly candidate: SignalCandidate;
}

/** What makes a connection, however it travels. */
export type NegotiationSignal =
  | { readonly type: "OFFER"; readonly payload: OfferPayload }
  | { readonly type: "ANSWER"; readonly payload: AnswerPayload }
  | { readonly type: "CANDIDATE"; readonly payload: CandidatePayload };

/** The payload of a REJECT, by which existing native hosts refuse a joiner. */
export interface RejectPayload {
  readonly type: "data";
  readonly connectionId: string;
  readonly reason: string;
}

// RFC 8839, 5.1: foundation, component, transport, priority, address, port, type. One line.
const CANDIDATE = /^candidate:(?:\S+ ){6}typ [^\r\n]+$/;

/** Reads the payload of a message of this type; `undefined` when it is malformed, or of another type. */
export function parsePayload(type: unknown, payload: unknown): unknown {
  return typeof type === "string" && Object.hasOwn(PAYLOADS, type)
    ? PAYLOADS[type as keyof typeof PAYLOADS](payload)
    : undefined;
}

const PAYLOADS = { OFFER: parseOffer, ANSWER: parseAnswer, CANDIDATE: parseCandidate, REJECT: parseReject } as const;

/** Reads an OFFER's payload; `undefined` when it is no data connection or has no SDP. */
function parseOffer(input: unknown): OfferPayload | undefined {
  const payload = dataPayload(input);
  const sdp = parseSdp(payload?.sdp, "offer");
  return payload && sdp ? { ...common(payload), sdp, label: parseName(payload.label) } : undefined;
}

/** Reads an ANSWER's payload; `undefined` when it has neither an SDP nor a refusal. */
function parseAnswer(input: unknown): AnswerPayload | undefined {
  const payload = dataPayload(input);
  if (!payload) return undefined;
  const sdp = parseSdp(payload.sdp, "answer");
  const answer = common(payload);
  if (sdp) return { ...answer, sdp };
  return answer.clay?.refused === undefined ? undefined : answer;
}

/** Reads a CANDIDATE's payload; `undefined` when it has no well-formed candidate line. */
function parseCandidate(input: unknown): CandidatePayload | undefined {
  const payload = dataPayload(input);
  const ice = asObject(payload?.candidate);
  const line = ice?.candidate;
  if (!payload || !ice || typeof line !== "string" || line.length > MAX_CANDIDATE_LENGTH || !CANDIDATE.test(line))
    return undefined;
  // W3C's addIceCandidate rejects a candidate without a place; a data connection has only this one.
  const candidate = { candidate: line, sdpMid: parseName(ice.sdpMid) || "0", sdpMLineIndex: 0 };
  const usernameFragment = parseName(ice.usernameFragment);
  return { ...common(payload), candidate: usernameFragment ? { ...candidate, usernameFragment } : candidate };
}

/** Reads a REJECT's payload. */
function parseReject(input: unknown): RejectPayload | undefined {
  const payload = dataPayload(input);
  return payload && { ...common(payload), reason: parseReason(payload.reason) };
}

/** What all payloads have in common. */
function common(payload: JsonObject): { type: "data"; connectionId: string; clay?: ClayAnnouncement } {
  const clay = parseAnnouncement(payload.clay);
  return { type: "data", connectionId: parseName(payload.connectionId), ...(clay && { clay }) };
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
function parseSdp<T extends "offer" | "answer">(value: unknown, type: T): { type: T; sdp: string } | undefined {
  const description = asObject(value);
  const sdp = description ? description.sdp : value;
  if ((description?.type ?? type) !== type || typeof sdp !== "string") return undefined;
  return sdp.length <= MAX_SDP_LENGTH && sdp.startsWith("v=0") ? { type, sdp } : undefined;
}

function parseAnnouncement(value: unknown): ClayAnnouncement | undefined {
  const { v, refused, mesh } = asObject(value) ?? {};
  if (!isSequence(v)) return undefined;
  return { v, ...(typeof refused === "string" && { refused: parseReason(refused) }), ...(mesh === true && { mesh }) };
}

function parseName(value: unknown): string {
  return typeof value === "string" && value.length <= MAX_NAME_LENGTH ? value : "";
}
