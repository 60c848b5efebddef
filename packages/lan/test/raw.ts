import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

/** What a server wrote until it closed the connection, or until the bytes matched. */
export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends bytes exactly as they are, which no HTTP client does, and reads until the server closes the connection. */
export function sendRaw(port: number, bytes: string | Buffer, secure = false): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const target = { host: "127.0.0.1", port };
    const socket = secure ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      const text = Buffer.concat(chunks).toString("latin1");
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0), text });
    });
    // Not `end`: a server may take half-closed for gone.
    socket.write(bytes);
  });
}

/** A request that asks the server to close the connection, so that {@link sendRaw} ends. */
export function rawRequest(target: string, headers: readonly string[] = ["Host: localhost"], method = "GET"): Buffer {
  // One byte a character: targets are not always UTF-8.
  return Buffer.from([`${method} ${target} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n"), "latin1");
}
