import type { Packet } from "@clayground/protocol";
import type { PathInfo } from "../transport/path-info.ts";
import type { StreamPath } from "../transport/reliable-stream.ts";

/** What carries a link at the moment: a connection of the two nodes, or the way through the host. */
export interface LinkPath extends StreamPath {
  /** Whether the two are connected; then silence means that the path is broken. */
  readonly isDirect: boolean;
  /** The longest message that it takes, in bytes. */
  readonly maxMessage: number;
  /** Sends what is neither numbered nor repeated: a ping, its answer, an acknowledgment. False when that is too often. */
  sendControl(frame: string): boolean;
  /** Never queues behind a backlog: false, and it was not sent. */
  sendState(packet: Packet): boolean;
  /** Whether states have a lossy channel of their own. */
  readonly hasStateChannel: boolean;
  /** Bytes of state that wait. */
  readonly stateBacklog: number;
  /** Which candidates carry it. */
  info(): Promise<PathInfo | undefined>;
}
