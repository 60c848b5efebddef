// The examples of the TSDoc in src/testing, type-checked. Not run.
import { test } from "vitest";
import { Network } from "../../src/index.ts";
import {
  MemoryNetwork,
  NetworkTestNode,
  platformAcceptance,
  realTime,
  signalingAcceptance,
  topologyAcceptance,
  virtualTime,
} from "../../src/testing/index.ts";
import type { TestableNetwork } from "../../src/testing/index.ts";

export async function survivesTheHost(): Promise<void> {
  const net = new MemoryNetwork({ seed: 7, link: { delay: 40, loss: 0.02 } });
  const alice = new Network({ platform: net.platform("alice") });
  const bob = new Network({ platform: net.platform("bob") });
  const code = await net.until(alice.host());
  await net.until(bob.join(code));
  net.kill("alice");
  await net.advance(5000);
  console.log(bob.status); // "error"
}

export function acceptance(): void {
  const setup = () => {
    const net = new MemoryNetwork();
    return { a: net.platform(), b: net.platform(), signalingUrl: net.signalingUrl, ...virtualTime(net) };
  };
  for (const { name, run } of platformAcceptance(setup)) test(`game: ${name}`, run);
  const server = () => {
    const net = new MemoryNetwork();
    return { platform: net.platform(), url: net.signalingUrl, ...virtualTime(net) };
  };
  for (const { name, run } of signalingAcceptance(server)) test(`game: ${name}`, run);
  const nodes = () => {
    const net = new MemoryNetwork();
    const node = (name: string) =>
      new NetworkTestNode(new Network({ platform: net.platform(name) }), { name, kill: () => net.kill(name) });
    return { node, ...virtualTime(net) };
  };
  for (const { name, run } of topologyAcceptance(nodes)) test(`game: ${name}`, run);
}

// A typed Network fits as well, and time may be real.
export const fits: TestableNetwork = new Network();
export const time: ReturnType<typeof virtualTime> = realTime();
