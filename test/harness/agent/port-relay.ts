import { connect } from "node:net";
import type { Server, Socket } from "node:net";

// usage: node port-relay.js PORT, in another network than the server that comes by IPC: passes each connection on to the
// port of this network's loopback.
const port = Number(process.argv[2]);
process.once("message", (_: unknown, server: Server) => {
  server.on("connection", (outer) => {
    const inner = connect(port, "127.0.0.1");
    join(outer, inner);
    join(inner, outer);
  });
  process.send?.("listening");
});

function join(from: Socket, to: Socket): void {
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
  from.pipe(to);
}
