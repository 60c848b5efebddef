import type { AckFrame, PaceFrame, PingFrame, SizedFrame } from "@clayground/protocol";
import type { IceServer, Platform } from "../platform/platform.ts";
import type { LinkEnd } from "./connection.ts";
import type { LinkPath } from "./link-path.ts";

/** Frames that are for the session, not for the link itself. */
export type SessionFrame = Exclude<SizedFrame, PingFrame | AckFrame | PaceFrame>;

/** What a link tells its owner. Nothing is called any more once `close()` was. */
export interface LinkHandlers {
  connecting?(phase: "ice" | "datachannel"): void;
  /** Words for `diagnosticMessage`. */
  note(phase: "ice" | "datachannel", detail: () => string): void;
  /** It can be used: the first path is there. */
  open?(): void;
  frame(frame: SessionFrame): void;
  /** A connection carries it from now on. */
  connected?(): void;
  /** Something that must arrive was not taken, because too much waits already; told once until there is room. */
  full?(): void;
  /** Its connection, open or not yet, is over; the link goes on by its fallback. */
  disconnected?(cause: LinkEnd): void;
  ended(cause: LinkEnd): void;
  /** Statistics are new. */
  measured(): void;
}

/** What a link is made from. */
export interface LinkOptions {
  readonly platform: Platform;
  readonly iceServers: IceServer[];
  /** The node at the other end. */
  readonly remoteId: string;
  /** What carries it while there is no connection, to a node of this library; without it, the connection's end is the link's. */
  readonly fallback?: LinkPath;
  /** Whether what this node says has to stay below what a host takes of one while there are others. */
  readonly isPaced?: () => boolean;
}
