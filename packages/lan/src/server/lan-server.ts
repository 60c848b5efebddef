import type { Interfaces } from "../addresses/interfaces.ts";

/** What {@link startLanServer} opens; every option has a default. */
export interface LanServerOptions {
  /** The port to listen on, 0 for any free one. @default 0 */
  readonly port?: number;
  /**
   * The IPv4 address of this machine that makes the code; "" for the likeliest one. With one of 127.0.0.0/8, only
   * programs on this machine get in. @default ""
   */
  readonly address?: string;
  /** The folder of the game's page, to serve on the same port. @default nothing is served */
  readonly serve?: string;
  /** Further files to serve: where (for example `/clayground/network.js`), and the file's path. @default none */
  readonly files?: Readonly<Record<string, string>>;
  /** Is told the new code when this machine's address has changed. */
  readonly onCodeChanged?: (code: string) => void;
  /** The machine's interfaces; tests give some of their own. @default those of this machine */
  readonly interfaces?: () => Interfaces;
  /** Milliseconds between two looks at the machine's addresses. @default 2000 */
  readonly lookEveryMs?: number;
}

/** The signaling server in a host's own program, for one network of one room. */
export interface LanServer {
  /** The port that it listens on. */
  readonly port: number;
  /** What others join with: the best address, and the port. */
  readonly code: string;
  /** The codes of this machine's IPv4 addresses, `code` first, then the likeliest; at most 8. */
  readonly codes: readonly string[];
  /** Where the host itself connects: `ws://127.0.0.1:port/peerjs`. */
  readonly signalingUrl: string;
  /** The token with which a client may have the id `HOST`; nobody else gets it. */
  readonly hostToken: string;
  /** Where the game's page is for others in the room; `undefined` when none is served. */
  readonly pageUrl: string | undefined;
  /**
   * Closes every connection and stops listening, in 800 ms at most. What the host has just sent is still delivered when its
   * own client has been closed before.
   */
  close(): Promise<void>;
}

/** Why a LAN server could not start. */
export type LanServerErrorCode =
  /** Another program listens on the port. */
  | "port-taken"
  /** The system does not let this program have the port. */
  | "port-forbidden"
  /** The address is none of this machine's. */
  | "no-such-address"
  /** There is no folder to serve at that path. */
  | "no-such-folder"
  /** Something else; see `cause`. */
  | "failed";

/** Why a LAN server could not start; the message is one line for a person, with what to do next. */
export class LanServerError extends Error {
  override readonly name = "LanServerError";
  /** For programs. */
  readonly code: LanServerErrorCode;

  /** @param cause the system's own error */
  constructor(code: LanServerErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
