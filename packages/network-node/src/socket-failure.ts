import type { SocketFailure } from "@clayground/network";

/** Node's and OpenSSL's codes for a TLS handshake that failed because of the certificate or of TLS itself. */
const TLS_CODE =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_|EPROTO$)/;

/** What `ws` says when something answers, but not as a WebSocket server, and llhttp's codes for what is no HTTP. */
const NO_WEBSOCKET =
  /^(?:Unexpected server response|Invalid Upgrade header|Invalid Sec-WebSocket-|Server sent (?:a|an invalid) subprotocol|Parse Error)/;

/** Why a socket did not open, by the error event that it got. */
export function explainSocketFailure(event: unknown): SocketFailure {
  const error: unknown = Object(event).error ?? event;
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  if (TLS_CODE.test(String(code))) return "certificate";
  return NO_WEBSOCKET.test(String(message)) ? "refused" : "unreachable";
}
