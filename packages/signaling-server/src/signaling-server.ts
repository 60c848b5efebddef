import type { IncomingMessage, ServerResponse } from "node:http";
import type { SignalingStatistics } from "./statistics.ts";

/** A signaling server that runs. */
export interface SignalingServer {
  readonly port: number;
  /** Where clients on this machine find it: `ws(s)://host:port/path`. */
  readonly url: string;
  /** Clients that are connected. */
  readonly clients: number;
  /** The ids of all clients that are connected. */
  peers(): readonly string[];
  /** What it has counted so far. */
  statistics(): SignalingStatistics;
  /**
   * Answers its HTTP requests: what it is, ids, peers, TURN credentials, and signaling over plain HTTP.
   * Returns `false`, and touches nothing, when the request is for something else.
   */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  /**
   * Takes nobody more, and tells all clients to go elsewhere. Who is still there after `ms` milliseconds is
   * closed. Resolves when all are gone; `close()` is still to be called.
   */
  drain(ms: number): Promise<void>;
  /** Closes every socket and stops listening; resolves when that is done. */
  close(): Promise<void>;
}
