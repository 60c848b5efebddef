import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { listen } from "./loopback.ts";
import type { FixtureServer } from "./loopback.ts";

const TLS_HANDSHAKE = 0x16;

/**
 * A signaling server behind a certificate that nobody trusts. To plain HTTP on the same port it
 * answers 400, as nginx, Caddy and Apache do: that is how a page can tell it from a dead server.
 */
export async function startSelfSignedServer(): Promise<FixtureServer> {
  const tls = createTlsServer(makeCertificate());
  tls.on("tlsClientError", () => undefined);
  new WebSocketServer({ server: tls }).on("connection", (client) => client.send(`{"type":"OPEN"}`));
  const entrance = createServer((socket) => {
    socket.once("data", (first) => {
      if (first[0] !== TLS_HANDSHAKE) {
        socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return;
      }
      socket.pause();
      socket.unshift(first);
      tls.emit("connection", socket);
    });
  });
  return listen(entrance, "wss");
}

/** Made anew for each run, so that none can expire or leak. */
export function makeCertificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "clayground-certificate-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  try {
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"].concat([
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout",
        key,
        "-out",
        cert,
      ]),
      { stdio: "ignore" },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
