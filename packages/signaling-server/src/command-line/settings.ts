import type { SignalingServerOptions } from "../options.ts";
import type { LogFormat } from "./log-lines.ts";
import type { MetricsAccess } from "./metrics-requests.ts";

/** The server's options that are said with other words, or cannot be said on a command line. */
type OwnWords = "server" | "authorize" | "turn" | "log";

/** What the command line and the environment say, checked; where they say nothing, the default. */
export interface Settings extends Omit<SignalingServerOptions, OwnWords> {
  readonly port: number;
  readonly maxClients: number;
  readonly handshakeMs: number;
  /** Files in PEM form. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly turnUrls?: readonly string[];
  readonly turnSecret?: string;
  readonly turnTtlSeconds: number;
  readonly stunUrls?: readonly string[];
  readonly metrics: MetricsAccess;
  readonly log: LogFormat;
  readonly drainSeconds: number;
}
