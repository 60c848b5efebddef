import { expect, test } from "vitest";
import { setup } from "./memory-nodes.ts";

test("a snapshot cannot be changed, nor what is inside", async () => {
  const { net, node } = setup();
  const [host, joiner] = [node("host"), node("joiner")];
  await net.until(joiner.join(await net.until(host.host())));
  await net.advance(10);
  const snapshot = host.snapshot();
  const { nodes, phaseTiming, peerStats, syncStats } = snapshot;
  for (const part of [snapshot, nodes, phaseTiming, peerStats, peerStats[joiner.nodeId], syncStats]) {
    expect(part).toBeDefined();
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test("whoever empties the array of nodes does not change who gets messages", async () => {
  const { net, node } = setup();
  const [host, joiner] = [node("host"), node("joiner")];
  await net.until(joiner.join(await net.until(host.host())));
  expect(() => (host.nodes as string[]).splice(0)).toThrow(TypeError);
  const received = joiner.once("messageReceived");
  host.sendTo(joiner.nodeId, "hello");
  expect((await net.until(received))[1]).toBe("hello");
});

test("subscribe and snapshot can be handed over as they are, as useSyncExternalStore wants them", async () => {
  const { net, node } = setup();
  const host = node("host");
  const { subscribe, snapshot } = host;
  const seen: string[] = [];
  const off = subscribe(() => seen.push(snapshot().status));
  const before = snapshot();
  expect(snapshot()).toBe(before);
  await net.until(host.host());
  await net.advance(1);
  expect(snapshot()).not.toBe(before);
  expect(before.status).toBe("disconnected");
  expect(seen.at(-1)).toBe("connected");
  off();
  const count = seen.length;
  host.leave();
  await net.advance(1);
  expect(seen).toHaveLength(count);
});
