import { createServer } from "node:http";
import { listen } from "./loopback.ts";
import type { FixtureServer } from "./loopback.ts";

/** A web server that knows no WebSocket: every request, also an upgrade, is answered with this status. */
export function startPlainHttpServer(status: 200 | 404): Promise<FixtureServer> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": "text/plain" }).end("This is a web server.\n");
  });
  server.on("upgrade", (_request, socket) => {
    socket.end(
      `HTTP/1.1 ${status} ${status === 200 ? "OK" : "Not Found"}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
    );
  });
  return listen(server);
}
