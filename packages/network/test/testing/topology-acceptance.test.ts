import { test } from "vitest";
import { Network } from "../../src/network.ts";
import { MemoryNetwork, NetworkTestNode, topologyAcceptance, virtualTime } from "../../src/testing/index.ts";
import type { LinkConditions, TopologyContext } from "../../src/testing/index.ts";

const LINKS: Record<string, Partial<LinkConditions>> = {
  "a perfect link": {},
  "no delay at all": { delay: 0 },
  "Wi-Fi": { delay: 5, jitter: 10, loss: 0.01, duplicate: 0.01, reorder: 0.02 },
};

for (const [title, link] of Object.entries(LINKS)) {
  const setup = (): TopologyContext => {
    const net = new MemoryNetwork({ seed: title, link });
    return {
      ...virtualTime(net),
      node: (name) =>
        new NetworkTestNode(new Network({ platform: net.platform(name) }), { name, kill: () => net.kill(name) }),
    };
  };
  for (const { name, run } of topologyAcceptance(setup)) test(`a star over ${title}: ${name}`, run);
}
