import { createServer, type Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import { answerHealth } from "../health.ts";
import type { LogEntry } from "../log.ts";
import type { SignalingServerOptions } from "../options.ts";
import { serverTimeouts } from "../own-server.ts";
import { createSignalingServer } from "../server.ts";
import type { SignalingStatistics } from "../statistics.ts";
import { createTlsServer, watchCertificate, type CertificateWatch } from "./certificate.ts";
import { answerLateRequests } from "./late-requests.ts";
import type { CommandEntry } from "./log-lines.ts";
import { answerMetrics } from "./metrics-requests.ts";
import type { Settings } from "./settings.ts";
import { messageOf } from "./values.ts";

/** Our own clients' heads have under 1 KiB; browsers' cookies of other services on the same host add to that. */
const MAX_HEADER_BYTES = 16 * 1024;

/** Why the server could not start; the message is one line for a person. */
export class StartError extends Error {
  override readonly name: string = "StartError";
}

/** A setting is why, which nobody sees before it is used. */
export class SettingError extends StartError {
  override readonly name = "SettingError";
}

/** A server that the command has started. */
export interface RunningServer {
  /** Where clients on this machine find it. */
  readonly url: string;
  /** Reads the certificate anew, where there is one. */
  reload(): void;
  /** Gives all clients `drainSeconds` to leave, then stops listening. */
  stop(): Promise<void>;
}

/**
 * Starts a signaling server with `/healthz` and `/metrics` beside it; resolves when it listens.
 *
 * @throws StartError as a rejection
 */
export async function serve(settings: Settings, log: (entry: LogEntry | CommandEntry) => void): Promise<RunningServer> {
  const { http, certificate } = createHttp(settings, log);
  // A client over HTTP has two connections. Beyond this, whoever connects only to be there is not even read.
  http.maxConnections = 2 * settings.maxClients + 1000;
  const sockets = new Set<Socket>();
  http.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const signaling = await createSignalingServer({ ...signalingOptions(settings), server: http, log });
  const addLate = answerLateRequests(http, log);
  const readStatistics = (): SignalingStatistics => addLate(signaling.statistics());
  // Prometheus' library costs some megabytes and a timer: only for those who ask for it.
  const metrics =
    settings.metrics === "off" ? undefined : (await import("../metrics.ts")).createMetrics(readStatistics);
  http.on("request", (request, response) => {
    if (answerHealth(request, response, () => signaling.statistics().draining)) return;
    if (answerMetrics(request, response, settings.metrics, metrics)) return;
    if (!signaling.handleRequest(request, response)) response.writeHead(404).end();
  });
  try {
    await listen(http, settings);
  } catch (error) {
    certificate?.stop();
    await signaling.close();
    throw error;
  }
  return {
    url: signaling.url,
    reload: () => certificate?.reload(),
    async stop() {
      await signaling.drain(settings.drainSeconds * 1000);
      certificate?.stop();
      await signaling.close();
      const stopped = new Promise((resolve) => void http.close(resolve));
      // Also those that are not through with their TLS handshake, which Node waits for.
      for (const socket of sockets) socket.destroy();
      await stopped;
    },
  };
}

/** An HTTP server that does not listen yet; with a certificate, an HTTPS server. */
function createHttp(
  settings: Settings,
  log: (entry: CommandEntry) => void,
): { http: HttpServer; certificate?: CertificateWatch } {
  const { handshakeMs, tlsCert, tlsKey } = settings;
  const options = { ...serverTimeouts(handshakeMs), maxHeaderSize: MAX_HEADER_BYTES };
  if (tlsCert === undefined || tlsKey === undefined) return { http: createServer(options) };
  const files = { cert: tlsCert, key: tlsKey };
  const onReload = (error: unknown): void =>
    log(
      error === undefined ? { event: "certificate-loaded" } : { event: "certificate-refused", error: messageOf(error) },
    );
  try {
    const http = createTlsServer(files, { ...options, handshakeTimeout: handshakeMs });
    return { http, certificate: watchCertificate(http, files, onReload) };
  } catch (error) {
    throw new SettingError(`--tls-cert and --tls-key: ${messageOf(error)}`, { cause: error });
  }
}

function signalingOptions(settings: Settings): SignalingServerOptions {
  const { port: _port, host: _host, turnUrls, turnSecret, turnTtlSeconds, stunUrls, log: _log, ...options } = settings;
  const stun = stunUrls && { stun: stunUrls };
  const isTurn = turnUrls !== undefined && turnSecret !== undefined;
  return {
    ...options,
    ...(isTurn && { turn: { urls: turnUrls, secret: turnSecret, ttlSeconds: turnTtlSeconds, ...stun } }),
  };
}

function listen(http: HttpServer, { port, host }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void =>
      reject(new StartError(explain(error, port, host), { cause: error }));
    http.once("error", onError);
    http.listen({ port, ...(host !== undefined && { host }) }, () => {
      http.off("error", onError);
      resolve();
    });
  });
}

function explain({ code, message }: NodeJS.ErrnoException, port: number, host = ""): string {
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is taken: choose another with --port`;
    case "EACCES":
      return `no right to listen on port ${port}: choose one above 1023 with --port, or give the program CAP_NET_BIND_SERVICE`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `this machine has no address ${host}: choose another with --host`;
    default:
      return `cannot listen on port ${port}: ${message}`;
  }
}
