import type { Certificate } from "./certificate/certificate.ts";
import type { PageReport } from "./page-console.ts";

/** The port that Clayground's users know. */
export const DEFAULT_PORT = 8090;

/** What to serve, where, and with what. */
export interface DevServerOptions {
  /** The project's folder. */
  readonly root: string;
  /** The port to listen on, 0 for any free one. @default 8090 */
  readonly port?: number;
  /** Whether a taken port is an error; else the next free one is used. @default false */
  readonly strictPort?: boolean;
  /** The address to listen on. The default lets phones in the same network join. @default all addresses */
  readonly host?: string;
  /**
   * `true` for HTTPS with a self-signed certificate that is kept in `~/.clay-dev-cert`, or a certificate
   * of one's own. @default false
   */
  readonly https?: boolean | Certificate;
  /** Whether pages are cross-origin isolated (COOP and COEP), for `SharedArrayBuffer`. @default false */
  readonly isolate?: boolean;
  /** Whether there is signaling at `/peerjs`, and pages are told so. @default true */
  readonly signaling?: boolean;
  /** Whether pages reload when a file changes. @default true */
  readonly reload?: boolean;
  /** Host names that it answers to besides its own; `.example.com` stands for all below it. @default none */
  readonly allowHosts?: readonly string[];
  /** Is told the errors of pages, at most 10 a second for long. @default nobody is told */
  readonly console?: (report: PageReport) => void;
  /** Is told in one line what a person should know while it runs. @default nobody is told */
  readonly warn?: (text: string) => void;
}

/** A dev server that runs. */
export interface DevServer {
  /** The port it listens on; another than the one asked for when that was taken. */
  readonly port: number;
  /** For a browser on this machine. */
  readonly localUrl: string;
  /** For other devices in the same network, the likeliest first; empty when it listens on this machine alone. */
  readonly lanUrls: readonly string[];
  /** Closes every connection and stops listening. */
  close(): Promise<void>;
}

/** Why a dev server could not start; the message is one line for a person. */
export class DevServerError extends Error {
  override readonly name = "DevServerError";
}
