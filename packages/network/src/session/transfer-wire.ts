import type { Platform } from "../platform/platform.ts";
import type { Outgoing } from "../transport/reliable-stream.ts";

/** How a message is sent. */
export interface SendOptions {
  /** Gives the message up, as long as it has not arrived. */
  readonly signal?: AbortSignal;
  /** How far it came, in bytes; told of messages over 64 KiB and those with a `Blob`. */
  onProgress?(progress: { readonly sent: number; readonly total: number }): void;
}

/** What comes in of a long message, in bytes. */
export interface MessageProgress {
  /** Tells the sender's messages apart. */
  readonly id: number;
  readonly received: number;
  readonly total: number;
}

/** What transfers need of a session. */
export interface TransferWire {
  readonly platform: Platform;
  /** The longest message that this node takes, in bytes. */
  readonly maxMessageSize: number;
  /** Sends a frame to a node, whichever way. */
  post(nodeId: string, frame: Outgoing): void;
  /** The longest data-channel message on the way to a node, in bytes. */
  maxMessage(nodeId: string): number;
  /** Whether somebody else passes it on, who has to keep what the receiver does not take yet. */
  isPassedOn(nodeId: string): boolean;
  message(from: string, data: unknown, to?: string): void;
  progress(from: string, progress: MessageProgress): void;
}
