import { createNodePlatform, Network } from "@clayground/network-node";
import { readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Agent } from "./agent.ts";
import type { DrivenNetwork } from "./agent.ts";
import type { Command, Holdings, Memory } from "./protocol.ts";

// Set where the tests could not be given a network of their own (see scripts/test.mjs).
const bindAddress = process.env["CLAYGROUND_BIND"];
const platform = createNodePlatform(bindAddress ? { bindAddress } : {});
const agent = new Agent({
  createNetwork: (options): DrivenNetwork => new Network({ ...options, platform }),
  holdings,
  memory,
  release: () => setImmediate(() => process.disconnect()),
});
process.on("uncaughtException", (error) => agent.fault(error));
process.on("unhandledRejection", (reason) => agent.fault(reason));
process.on("message", (order: { id: number; command: Command }) => {
  void agent.run(order.command).then((answer) => {
    if (process.connected) process.send?.({ id: order.id, answer });
  });
});
process.send?.({ id: 0, answer: { ok: true, value: null } });

/** The IPC channel, which the agent itself keeps open, is left out. */
function holdings(): Holdings {
  const active = process.getActiveResourcesInfo();
  const count = (name: string): number => active.filter((resource) => resource === name).length;
  const known = new Set(["TCPSocketWrap", "TLSWrap", "Timeout", "Immediate", "PipeWrap"]);
  return {
    peerConnections: 0,
    sockets: count("TCPSocketWrap") + count("TLSWrap"),
    timers: count("Timeout"),
    others: active.filter((resource) => !known.has(resource)),
  };
}

async function memory(): Promise<Omit<Memory, "prototypePolluted">> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    // libdatachannel's threads release their ends only after a turn of the event loop.
    await delay(50);
  }
  const { heapUsed, rss } = process.memoryUsage();
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  return {
    heapBytes: heapUsed,
    rssBytes: rss,
    peakRssBytes,
    descriptors: readdirSync("/proc/self/fd").length,
    retained: 0,
  };
}
