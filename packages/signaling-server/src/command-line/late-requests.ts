import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { Counters } from "../counters.ts";
import type { LogEntry } from "../log.ts";
import { Reports } from "../reports.ts";
import type { SignalingStatistics } from "../statistics.ts";

/**
 * Answers those whose TLS handshake or request took too long, or made no sense, and counts who was late.
 * Returns how to add that to what the signaling server has counted, which never sees them.
 */
export function answerLateRequests(
  http: HttpServer,
  log: (entry: LogEntry) => void,
): (statistics: SignalingStatistics) => SignalingStatistics {
  const reports = new Reports(new Counters(), log);
  const refuse = ({ remoteAddress = "" }: Socket | TLSSocket): void =>
    reports.refused("handshake-timeout", { address: remoteAddress });
  http.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const isLate = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
    if (isLate) refuse(socket);
    const status = isLate ? "408 Request Timeout" : "400 Bad Request";
    if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    // Nothing more is read from programs that look for something else.
    socket.destroySoon();
  });
  http.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    if (error.code === "ERR_TLS_HANDSHAKE_TIMEOUT") refuse(socket);
  });
  return (statistics) => {
    const { refusedTotal } = statistics;
    const late = refusedTotal["handshake-timeout"] + reports.counters.refused["handshake-timeout"];
    return { ...statistics, refusedTotal: { ...refusedTotal, "handshake-timeout": late } };
  };
}
