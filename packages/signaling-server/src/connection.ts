import type { Outgoing } from "./forwarded-frame.ts";
import type { Transport } from "./log.ts";

/** Is told what happens to connections. */
export interface ConnectionListener {
  /** A message: bytes that are UTF-8, to be read at once. */
  received(connection: Connection, frame: Buffer): void;
  /** Something that is no message, but costs as much: a ping, a fragment, 2 KiB that were posted. */
  strained(connection: Connection): void;
  /** A frame over the limit. */
  oversized(connection: Connection): void;
  /** More at the same time than any client has to send. */
  flooded(connection: Connection): void;
  /** The client went, or broke the transport's rules; `code` is the close code, 1006 without one. */
  ended(connection: Connection, code: number): void;
  /** Nothing is left of it. It may not have ended before. */
  gone(connection: Connection): void;
}

/** One client's way to the server, over whatever it came. */
export abstract class Connection {
  abstract readonly transport: Transport;
  /** Pings in a row that may bring no sign of life. */
  abstract readonly patience: number;
  /** The IP address of the client. */
  readonly address: string;
  /** What the realm knows it by; 0 before that. */
  number = 0;
  /** The client's id, once it is one. */
  id: string | undefined;
  /** When it became a client. */
  since = 0;
  /** Pings since the last sign of life. */
  silence = 0;
  /** Who is told of it. */
  listener: ConnectionListener;

  constructor(address: string, listener: ConnectionListener) {
    this.address = address;
    this.listener = listener;
  }

  /** Bytes that the client has not read yet. */
  abstract get backlog(): number;

  /** Begins to read, or goes on. */
  abstract start(): void;

  /** Sends a frame; returns its bytes. */
  abstract send(frame: Outgoing): number;

  /** Gives the client a reason to show that it is alive, and keeps proxies from hanging up. */
  abstract ping(): void;

  /** Says why, and ends. When `isFlood`, nothing more is read: who sends too much must cost nothing afterwards. */
  abstract close(code: number, reason: string, isFlood: boolean): void;

  /** Ends at once. */
  abstract terminate(): void;
}
