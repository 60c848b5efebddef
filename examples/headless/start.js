// @ts-check
/** Serves the page, hosts the game, and prints where to join. usage: node start.js [port] */
import { fileURLToPath } from "node:url";
import { Network } from "@clayground/network-node";
import { startDevServer } from "clay-dev-server";
import { TICK_MS } from "./public/rules.js";
import { World } from "./world.js";

/** @typedef {import("./public/messages.js").Rejection} Rejection */
/** @typedef {import("./public/messages.js").Truth} Truth */

const server = await startDevServer({
  root: fileURLToPath(new URL("public", import.meta.url)),
  port: Number(process.argv[2] ?? 8090),
});

const world = new World();
/** @type {Network<{ message: Rejection, state: Truth }>} */
const network = new Network({
  // What players send comes here and no further: they see each other only as the host tells it.
  autoRelay: false,
  signalingUrl: `ws://127.0.0.1:${server.port}/peerjs`,
});
network.on("nodeJoined", (id) => {
  world.enter(id, performance.now());
  console.log(`${id} joined`);
});
network.on("nodeLeft", (id) => {
  world.leave(id);
  console.log(`${id} left`);
});
network.on("stateReceived", (from, claim) => {
  const verdict = world.judge(from, claim, performance.now());
  if (verdict.kind !== "rejected" || !network.nodes.includes(from)) return;
  const { reason, x, y, corrections } = verdict;
  network.sendTo(from, { reason, x, y, corrections });
  console.log(`${from} rejected: ${reason}`);
});
network.on("errorOccurred", (message, error) => console.error(`${message}. ${error.hint}`));

const code = await network.host();
const timer = setInterval(() => network.broadcastState(world.truth), TICK_MS);
console.log(`Hosting ${code}. Join with a browser:`);
for (const url of [server.localUrl, ...server.lanUrls]) console.log(`  ${url}?join=${code}`);
console.log("Stop it with Ctrl-C.");

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.once(signal, () => {
    clearInterval(timer);
    network.leave();
    void server.close();
  });
}
