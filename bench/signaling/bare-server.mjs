import { WebSocketServer } from "ws";

/**
 * The floor: passes every frame on to the partner as it is, whose id differs in the last bit of its number; no more.
 * @returns {Promise<number>} Its port.
 */
export function startBareServer() {
  /** @type {Map<string, import("ws").WebSocket>} */
  const sockets = new Map();
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", clientTracking: false });
  server.on("connection", (socket, request) => {
    const id = new URLSearchParams(request.url?.split("?")[1]).get("id") ?? "";
    const [name, number] = id.split("-");
    const partner = `${name}-${Number(number) ^ 1}`;
    sockets.set(id, socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(id));
    socket.on("message", (data) => sockets.get(partner)?.send(data, { binary: false }));
    socket.send('{"type":"OPEN"}');
  });
  return new Promise((resolve) => {
    server.on("listening", () => resolve(portOf(server)));
  });
}

/** @param {{ address(): import("node:net").AddressInfo | string | null }} server */
export function portOf(server) {
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
