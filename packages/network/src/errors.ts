/** Every code that a {@link NetworkError} can have. `docs/errors.md` gives cause and cure of each. */
export type NetworkErrorCode = keyof typeof TEXTS;

/** What is known about one failure: ids, URLs, limits, the phase. Only the facts that apply are there. */
export interface NetworkErrorDetails {
  /** The phase that a connection attempt was in. */
  readonly phase?: string;
  /** The network code that was asked for. */
  readonly networkId?: string;
  /** The node that the error is about. */
  readonly nodeId?: string;
  /** The signaling server's URL, as it was set. */
  readonly url?: string;
  /** The name of the option, property or method. */
  readonly name?: string;
  /** What the other side or the server said, shortened to 200 characters. */
  readonly reason?: string | undefined;
  /** The limit that was passed, in bytes or milliseconds. */
  readonly limit?: number;
}

/**
 * [message, hint]; `%` in a message stands for the particulars. Short, because every page downloads them. Without a hint
 * of its own a mistake in a call is explained in the documentation alone.
 */
const TEXTS = {
  "invalid-option": ["Invalid option: %"],
  "invalid-state": ["Not possible now: %", "Call leave() first."],
  "invalid-code": ["% is not a network code", "A code has 6 letters and digits."],
  "invalid-data": ["Data cannot be sent: %"],
  "not-connected": ["Not connected", "Wait for host() or join()."],
  "not-supported": ["Not supported: %"],
  "unknown-node": ["No node % in this network"],
  "message-too-large": ["Message too large: %"],
  "queue-full": ["Not sent, too much waits for %", "Await what you send."],
  undelivered: ["Not delivered to %"],
  "state-large": ["A state of % takes several packets", "Keep states under 1,000 bytes."],
  aborted: ["Aborted", "Try again."],
  timeout: ["No connection within %", "Try again; a strict NAT needs TURN in iceServers."],
  "no-such-network": ["No such network: %", "Check the code; is the host there?"],
  "network-full": ["Network full", "Wait until a node leaves."],
  refused: ["Refused by the host: %", "Ask the host."],
  "signaling-unreachable": ["Signaling server unreachable: %", "Check signalingUrl and certificate."],
  "signaling-certificate": ["Signaling certificate not trusted: %", "Accept it at its https address."],
  "signaling-refused": [
    "Signaling server refused: %",
    "Check path and key in signalingUrl: it must name a PeerServer.",
  ],
  "signaling-blocked": ["The browser blocks the signaling server: %", "A page on https needs wss://."],
  "signaling-invalid": ["Not a signaling server: %", "Check path and key in signalingUrl: it must name a PeerServer."],
  "signaling-lost": ["Signaling server lost: %", "The network goes on; nobody new can join."],
  "lan-unavailable": ["No LAN mode: %"],
  "lan-unreachable": ["No host at %", "Both must be in one network; a firewall or guest Wi-Fi may block it."],
  "lan-blocked": [
    "The browser keeps this page from %",
    "Open it over http from the host or clay-dev-server, or allow the local network.",
  ],
  "lan-moved": ["The host's address changed; the code is now %"],
  "ice-servers-unavailable": ["No ICE servers: %"],
  "webrtc-unavailable": ["No WebRTC: %", "Use a newer browser or @clayground/network-node."],
  "connection-failed": ["Could not connect to %", "Try again; a strict NAT needs TURN in iceServers."],
  "host-lost": ["The host vanished", "Join again."],
} as const;

/**
 * The one error of this library: a `code` from a closed list, a sentence, and the next step.
 *
 * @example
 * ```ts
 * try {
 *   await network.join(code);
 * } catch (error) {
 *   if (isNetworkError(error) && error.code === "no-such-network") console.log(error.message, error.hint);
 * }
 * ```
 */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
  /** What happened, from a closed list. */
  readonly code: NetworkErrorCode;
  /** What to do next, in one sentence. */
  readonly hint: string;
  /** The facts: ids, URLs, limits, the phase. */
  readonly details: NetworkErrorDetails;

  constructor(
    code: NetworkErrorCode,
    subject: string | number = "",
    details: NetworkErrorDetails = {},
    cause?: unknown,
  ) {
    const [text, hint = `See docs/errors.md#${code}`] = TEXTS[code] as readonly [string, string?];
    super(
      text.replace("%", () => String(subject)),
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

/** Whether a value is a {@link NetworkError}, also one from another realm or another copy of the library. */
export function isNetworkError(value: unknown): value is NetworkError {
  const { name, code } = Object(value) as { name?: unknown; code?: unknown };
  return name === "NetworkError" && typeof code === "string" && code in TEXTS;
}

/** The error of what its caller, or `leave()`, has ended. */
export function aborted(signal?: AbortSignal): NetworkError {
  return new NetworkError("aborted", "", {}, signal?.reason);
}
