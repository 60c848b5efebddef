import { setTimeout as sleep } from "node:timers/promises";
import { PeerServer } from "peer";
import { portOf, startBareServer } from "./signaling/bare-server.mjs";
import { answerCalls } from "./stage/answer-calls.mjs";

// A child process of the bench: one signaling server, with room for all clients.
const MAX_CLIENTS = 30_000;
// Another build of ours, to compare variants.
const ours = process.env["BENCH_SIGNALING_SERVER"] ?? "@clayground/signaling-server";

/** @type {Record<string, () => Promise<number>>} */
const STARTS = {
  bare: startBareServer,
  peerserver: startPeerServer,
  clayground: async () => {
    const { createSignalingServer } = /** @type {typeof import("@clayground/signaling-server")} */ (await import(ours));
    return (await createSignalingServer({ port: 0, host: "127.0.0.1", maxClients: MAX_CLIENTS })).port;
  },
};

const port = await STARTS[process.argv[2] ?? ""]?.();

/** What can be asked of a signaling server's process. */
export const server = {
  port() {
    return port ?? 0;
  },

  /** Microseconds of processor time so far, all threads. */
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },

  /** KiB of memory that the process holds when nothing happens. */
  async memory() {
    let least = Number.POSITIVE_INFINITY;
    // V8 gives memory back bit by bit.
    for (let round = 0; round < 5; round++) {
      globalThis.gc?.();
      await sleep(100);
      least = Math.min(least, process.memoryUsage.rss() / 1024);
    }
    return least;
  },
};
answerCalls(server);

/** @returns {Promise<number>} */
function startPeerServer() {
  return new Promise((resolve) => {
    const options = {
      host: "127.0.0.1",
      port: 0,
      path: "/",
      concurrent_limit: MAX_CLIENTS,
      // The bench's clients send no HEARTBEAT.
      alive_timeout: 3_600_000,
    };
    // As its own command does, which survives errors.
    PeerServer(options, (listening) => resolve(portOf(listening))).on("error", () => {});
  });
}
