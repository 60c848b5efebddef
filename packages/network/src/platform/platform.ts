/**
 * What a runtime gives to the library, and nothing that it does not use. The shapes are W3C's, cut
 * down to the members in use, so a browser's own objects fit as they are.
 */

/** A timer as `Platform.setTimeout` returned it. */
export type TimerHandle = unknown;

/** One STUN or TURN server, as in W3C's `RTCIceServer`. */
export interface IceServer {
  /** `stun:`, `turn:` or `turns:` URLs (RFC 7064, RFC 7065). */
  urls: string | string[];
  username?: string;
  credential?: string;
}

/** An SDP with its type, as in W3C's `RTCSessionDescriptionInit`. */
export interface SessionDescription {
  type: "offer" | "answer";
  sdp: string;
}

/** An ICE candidate, as in W3C's `RTCIceCandidateInit`. */
export interface IceCandidate {
  candidate: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
}

/** The members of `RTCDataChannel` that the library uses. Binary data arrives as `ArrayBuffer`. */
export interface PlatformDataChannel {
  readonly label: string;
  readonly readyState: "connecting" | "open" | "closing" | "closed";
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  binaryType: "arraybuffer";
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onerror: ((event: unknown) => void) | null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null;
  onbufferedamountlow: (() => void) | null;
  /** Throws when the channel is not open or the data is larger than the remote accepts. */
  send(data: string | Uint8Array): void;
  close(): void;
}

/** The members of `RTCPeerConnection` that the library uses. */
export interface PlatformPeerConnection {
  readonly connectionState: "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";
  readonly sctp: { readonly maxMessageSize: number } | null;
  onicecandidate: ((event: { candidate: IceCandidate | null }) => void) | null;
  onconnectionstatechange: (() => void) | null;
  ondatachannel: ((event: { channel: PlatformDataChannel }) => void) | null;
  createDataChannel(label: string, init?: { ordered?: boolean; maxRetransmits?: number }): PlatformDataChannel;
  createOffer(): Promise<SessionDescription>;
  createAnswer(): Promise<SessionDescription>;
  setLocalDescription(description: SessionDescription): Promise<void>;
  setRemoteDescription(description: SessionDescription): Promise<void>;
  addIceCandidate(candidate: IceCandidate): Promise<void>;
  /** W3C's statistics; the library reads `transport`, `candidate-pair`, `local-candidate` and `remote-candidate`. */
  getStats(): Promise<ReadonlyStats>;
  close(): void;
}

/** The part of W3C's `RTCStatsReport` that is read: a map of records with an `id` and a `type`. */
export interface ReadonlyStats {
  forEach(visit: (record: Readonly<Record<string, unknown>>) => void): void;
}

/** The members of `WebSocket` that the library uses; text frames only. */
export interface PlatformSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  send(text: string): void;
  close(): void;
}

/** Why a WebSocket could not be opened, as far as the runtime lets a program know. */
export type SocketFailure =
  /** Nothing answers there: no such host, no such port, or no network. */
  | "unreachable"
  /** TLS failed: the certificate is self-signed, expired, or names another host. */
  | "certificate"
  /** An HTTP server answers there, but refuses the WebSocket. */
  | "refused"
  /** The browser forbids it: the page came over https, the address is one of `ws:`. */
  | "blocked";

/** The signaling server in a host's own program, for LAN mode. */
export interface PlatformLanServer {
  /** The LAN code: the address and port at which others reach it. */
  readonly networkId: string;
  /** Where the host itself reaches it. */
  readonly signalingUrl: string;
  /** Proves that it is the host who comes: nobody else gets the id `HOST`. */
  readonly token: string;
  /** Closes it, after what the host has just sent. */
  close(): void;
}

/** What is done over plain HTTP: seldom needed, so a page loads it only then. */
export interface PlatformHttp {
  /** Finds out, after a socket to `url` failed before it opened, why. `event` is what `onerror` got. */
  explainSocketFailure(url: string, event: unknown): Promise<SocketFailure>;
  /** Gets a JSON document of 64 Ki characters at the most. Rejects when it is none, or not there. */
  fetchJson(url: string): Promise<unknown>;
  /**
   * The stand-in for a WebSocket that is refused: the same frames, opened by the same URL, over plain HTTP (SPEC.md,
   * S40 ff.). Missing where nothing comes between a program and its server.
   */
  readonly createHttpSocket?: (url: string) => PlatformSocket;
}

/** The one seam to the runtime: time, randomness, sockets and connections. */
export interface Platform {
  /** Monotonic time in milliseconds. */
  now(): number;
  setTimeout(callback: () => void, ms: number): TimerHandle;
  clearTimeout(timer: TimerHandle): void;
  /** Bytes from a cryptographic source. */
  randomBytes(count: number): Uint8Array;
  /** Throws when the URL is bad or the runtime forbids it (a page on https may not use `ws:`). */
  createWebSocket(url: string): PlatformSocket;
  /** Loads what only few need. Rejects when a page cannot load it any more. */
  loadHttp(): Promise<PlatformHttp>;
  /** Throws when the runtime has no WebRTC or an ICE server is malformed. */
  createPeerConnection(config: { iceServers: IceServer[] }): PlatformPeerConnection;
  /**
   * Opens the signaling server of a host in LAN mode. Rejects with what a person should know. Missing where a program cannot
   * take connections, as in a page.
   *
   * @param onMoved called when this machine's address has changed, with the new code
   */
  openLanServer?(onMoved: (networkId: string) => void): Promise<PlatformLanServer>;
  /**
   * The servers with addresses in place of names; those whose names are not known in time are left out. Never rejects.
   * Missing where WebRTC looks names up without standing still, as in browsers.
   */
  resolveIceServers?(servers: IceServer[]): Promise<IceServer[]>;
  /** The signaling server that the surroundings name (in a page: `<meta name="clayground-signaling">`). */
  signalingUrl(): string | undefined;
  /** Calls back when the program or page is about to end, while something can still be sent. Returns its undo. */
  onExit(callback: () => void): () => void;
  /** Shows an exception that a listener of the application threw, without stopping the library. */
  reportError(error: unknown): void;
}
