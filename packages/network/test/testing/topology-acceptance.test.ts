import { test } from "vitest";
// The library loads this when it is needed; virtual time would not wait for the file.
// oxlint-disable-next-line import/no-unassigned-import
import "../../src/preparation.ts";
import { Network } from "../../src/network.ts";
import { MemoryNetwork, NetworkTestNode, topologyAcceptance, virtualTime } from "../../src/testing/index.ts";
import type { LinkConditions, TopologyContext } from "../../src/testing/index.ts";

const LINKS: Record<string, Partial<LinkConditions>> = {
  "a perfect link": {},
  "no delay at all": { delay: 0 },
  "Wi-Fi": { delay: 5, jitter: 10, loss: 0.01, duplicate: 0.01, reorder: 0.02 },
};

for (const [title, link] of Object.entries(LINKS)) {
  for (const [topology, signalingMode] of [
    ["star", "cloud"],
    ["star", "local"],
    ["mesh", "cloud"],
    ["mesh", "local"],
  ] as const) {
    const setup = (): TopologyContext => {
      const net = new MemoryNetwork({ seed: title, link });
      return {
        ...virtualTime(net),
        topology,
        node: (name) => {
          const network = new Network({ platform: net.platform(name), signalingMode });
          return new NetworkTestNode(network, { name, kill: () => net.kill(name) });
        },
      };
    };
    const place = signalingMode === "local" ? ", in LAN mode" : "";
    for (const { name, run } of topologyAcceptance(setup)) test(`a ${topology} over ${title}${place}: ${name}`, run);
  }
}
