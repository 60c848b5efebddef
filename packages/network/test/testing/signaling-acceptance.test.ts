import { test } from "vitest";
import { MemoryNetwork, signalingAcceptance, virtualTime } from "../../src/testing/index.ts";
import type { SignalingContext } from "../../src/testing/index.ts";

for (const openOnReturn of [false, true]) {
  const setup = (): SignalingContext => {
    const net = new MemoryNetwork({ link: { delay: 5, jitter: 5, loss: 0.01 }, signaling: { openOnReturn } });
    const restart = async (): Promise<void> => {
      net.signaling.stop();
      await net.advance(100);
      net.signaling.start();
    };
    return { platform: net.platform("a"), url: net.signalingUrl, restart, ...virtualTime(net) };
  };
  for (const { name, run } of signalingAcceptance(setup))
    test(`the in-memory signaling server, openOnReturn: ${openOnReturn}: ${name}`, run);
}
