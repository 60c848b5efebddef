/** What a remote description says, without its candidates. */
export interface RemoteDescription {
  /** The SDP for libdatachannel. */
  readonly sdp: string;
  /** Candidates that stood inside. */
  readonly candidates: readonly string[];
  /** Whether libdatachannel wrote it. */
  readonly isLibdatachannel: boolean;
  /** Whether the other side, as offerer, holds its host candidates back by itself. */
  readonly holdsCandidates: boolean;
  /** Which part in DTLS it takes: "active" is the client. */
  readonly setup: string;
}

/** Descriptions of data connections have 500 to 1500 characters, and up to 10 candidates of 150. */
const MAX_SDP_LENGTH = 16 * 1024;

/** Says in an offer that its host candidates come late (see `candidate-hold.ts`); everybody else ignores it. */
const HOLD_MARK = "a=clayground-late-host-candidates";

const CANDIDATE_LINES = /^a=(?:candidate:.*|end-of-candidates)\r?\n?/gm;

/**
 * Reads a description from outside.
 *
 * @throws TypeError when it is too long, or describes anything but one data connection
 */
export function readRemoteDescription(sdp: unknown): RemoteDescription {
  if (typeof sdp !== "string" || sdp.length > MAX_SDP_LENGTH || !sdp.startsWith("v=0"))
    throw new TypeError("Not a session description.");
  const media = sdp.match(/^m=\S*/gm);
  if (media?.length !== 1 || media[0] !== "m=application")
    throw new TypeError("Not the description of a data connection.");
  const candidates = (sdp.match(/^a=candidate:.*/gm) ?? []).map((line) => line.slice(2));
  return {
    sdp: sdp.replace(CANDIDATE_LINES, ""),
    candidates,
    isLibdatachannel: /^o=rtc /m.test(sdp),
    holdsCandidates: sdp.includes(`\n${HOLD_MARK}`),
    setup: /^a=setup:(\w+)/m.exec(sdp)?.[1] ?? "",
  };
}

/** The same offer, but its sender wants to be the DTLS client: so this side becomes the server. */
export function withSenderAsDtlsClient(sdp: string): string {
  return sdp.replace(/^a=setup:actpass/m, "a=setup:active");
}

/** A description of libdatachannel as W3C wants it for trickle ICE: no candidates inside, and no address. */
export function toLocalDescription(sdp: string): string {
  return sdp
    .replace(CANDIDATE_LINES, "")
    .replace(/^m=application \d+/m, "m=application 9")
    .replace(/^c=IN .*$/m, "c=IN IP4 0.0.0.0");
}

/** The same offer, with the mark that its host candidates come late. */
export function markLateCandidates(sdp: string): string {
  return sdp.replace("t=0 0\r\n", `t=0 0\r\n${HOLD_MARK}\r\n`);
}
