import { WebSocket } from "ws";

// usage: node raw-websocket.js URL [first frame]: prints what comes first, a frame, or the code with which it is closed.
const [, , url = "", frame] = process.argv;
const socket = new WebSocket(url);
socket.on("open", () => frame !== undefined && socket.send(frame));
socket.on("message", (data: Buffer) => end(data.toString()));
socket.on("unexpected-response", (_, response) => end(`HTTP ${response.statusCode}`));
socket.on("error", (error) => end(error.message));
socket.on("close", (code) => end(`closed ${code}`));

function end(news: string): void {
  console.log(news);
  process.exit();
}
