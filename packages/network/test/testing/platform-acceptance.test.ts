import { test } from "vitest";
import { MemoryNetwork, platformAcceptance, virtualTime } from "../../src/testing/index.ts";
import type { LinkConditions, PlatformContext } from "../../src/testing/index.ts";

const LINKS: Record<string, Partial<LinkConditions>> = {
  "a perfect link": {},
  "no delay at all": { delay: 0 },
  "a bad link": { delay: 60, jitter: 40, loss: 0.05, duplicate: 0.05, reorder: 0.05 },
  "a slow link": { delay: 20, rate: 1_000_000 },
};

for (const [title, link] of Object.entries(LINKS)) {
  const setup = (): PlatformContext => {
    const net = new MemoryNetwork({ seed: title, link });
    const { signalingUrl } = net;
    return { a: net.platform("a"), b: net.platform("b"), signalingUrl, ...virtualTime(net) };
  };
  for (const { name, run } of platformAcceptance(setup)) test(`the in-memory platform over ${title}: ${name}`, run);
}
