import { WebSocket } from "ws";
import { startLanServer } from "../../src/index.ts";

// usage: node --import register.mjs THIS: hosts, connects, serves a page, closes; then nothing is left to wait for.
const server = await startLanServer({ address: "127.0.0.1", serve: import.meta.dirname });
const host = new WebSocket(`${server.signalingUrl}?key=peerjs&id=HOST&token=${server.hostToken}`);
await new Promise((resolve) => host.once("message", resolve));
await fetch(`http://127.0.0.1:${server.port}/serve-and-close.mjs`);
process.stdout.write("OPEN\n");
host.close();
await server.close();
process.stdout.write("closed\n");
