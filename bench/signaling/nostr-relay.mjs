import { once } from "node:events";
import { WebSocketServer } from "ws";
import { portOf } from "./bare-server.mjs";

/** @typedef {import("ws").WebSocket} Socket */

/**
 * As much of a Nostr relay (NIP-01) as Trystero needs to find others: it keeps nothing, and passes events on to those who asked
 * for their topic.
 * @returns {Promise<number>} Its port.
 */
export async function startNostrRelay() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  /** What a socket asked for: topics, by its name for them. @type {Map<Socket, Map<string, string[]>>} */
  const wishes = new Map();
  server.on("connection", (socket) => {
    const own = new Map();
    wishes.set(socket, own);
    socket.on("close", () => wishes.delete(socket));
    socket.on("message", (text) => {
      const [type, about, filter] = JSON.parse(String(text));
      if (type === "REQ") own.set(about, filter["#x"]);
      else if (type === "CLOSE") own.delete(about);
      else if (type === "EVENT") {
        socket.send(JSON.stringify(["OK", about.id, true, ""]));
        passOn(about);
      }
    });
  });
  await once(server, "listening");
  return portOf(server);

  /** @param {{ tags: string[][] }} event */
  function passOn(event) {
    const topic = event.tags.find(([name]) => name === "x")?.[1] ?? "";
    for (const [socket, wanted] of wishes) {
      for (const [name, topics] of wanted)
        if (topics.includes(topic)) socket.send(JSON.stringify(["EVENT", name, event]));
    }
  }
}
