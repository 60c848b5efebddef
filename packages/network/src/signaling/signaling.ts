import type { ClientSignal, ServerSignal } from "@clayground/protocol";
import type { NetworkError } from "../errors.ts";

/** What a rendezvous tells its owner. Nothing is called any more once `close()` was. */
export interface SignalingHandlers {
  /** The id is ours; messages can come and go. Only the first time. */
  open?(): void;
  /** The id belongs to somebody else. Before `open` only; nothing follows. */
  taken(): void;
  /** It could not be opened. Before `open` only; nothing follows. */
  failed(error: NetworkError): void;
  /** A message of another node, or the server's word on one of ours. */
  signal(signal: ServerSignal): void;
  /** The connection broke after `open`; it comes back by itself under the same id. Once for each outage. */
  lost?(error: NetworkError): void;
}

/** A way to exchange offers with nodes that are not connected yet: one file in this folder for each. */
export interface Signaling {
  /** Sends, or keeps for when the connection is back. */
  send(signal: ClientSignal): void;
  /** Frees everything at once. */
  close(): void;
}

/** What a rendezvous is opened with. */
export interface SignalingOptions {
  readonly url: string;
  readonly id: string;
}
