import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { parseObject, toText } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { lanOpenFrame } from "./signaling-frames.ts";

/**
 * The signaling server inside of a native LAN host. It believes everybody: any id may register, the last one has it;
 * what goes to nobody is dropped without a word.
 */
export class LanServer {
  readonly #server: WebSocketServer;
  readonly #clients = new Map<string, WebSocket>();

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => this.#accept(socket));
  }

  /** On all addresses, on a port of the system's choice. The path and the query say nothing to it. */
  static async start(): Promise<LanServer> {
    const server = new WebSocketServer({ port: 0, host: "0.0.0.0", perMessageDeflate: false });
    await once(server, "listening");
    return new LanServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.#server.clients) socket.close();
    this.#server.close();
  }

  #accept(socket: WebSocket): void {
    let id: string | undefined;
    socket.on("error", () => undefined);
    socket.on("message", (data) => {
      const frame = parseObject(String(data));
      if (!frame) return;
      if (id === undefined) {
        id = typeof frame["id"] === "string" && frame["id"] !== "" ? frame["id"] : randomBytes(8).toString("hex");
        this.#clients.set(id, socket);
        socket.send(toText(lanOpenFrame(id)));
      }
      // The first frame is an ordinary one besides.
      this.#route(socket, id, frame);
    });
    socket.on("close", () => {
      if (id !== undefined && this.#clients.get(id) === socket) this.#clients.delete(id);
    });
  }

  #route(sender: WebSocket, src: string, frame: JsonObject): void {
    if (frame["type"] === "HEARTBEAT") return sender.send(toText({ type: "HEARTBEAT" }));
    const { dst } = frame;
    if (typeof dst === "string") this.#clients.get(dst)?.send(toText(forwarded(frame, src)));
  }
}

/** Whatever the sender said of itself is overwritten; Qt writes it anew, in alphabetical order. */
export function forwarded(frame: JsonObject, src: string): JsonObject {
  return { ...frame, src };
}
