import { expect, test } from "vitest";
import { setup } from "./memory-nodes.ts";

test("latency is unknown again when the last joiner has left, and latencyChanged says so", async () => {
  const { net, node } = setup({ link: { delay: 20 } });
  const [host, joiner] = [node("host"), node("joiner")];
  await net.until(joiner.join(await net.until(host.host())));
  await net.advance(5000);
  expect(host.latency).toBeGreaterThan(0);
  const seen: number[] = [];
  host.on("latencyChanged", (latency) => seen.push(latency));
  joiner.leave();
  await net.advance(100);
  expect(host.nodes).toEqual([]);
  expect(host.latency).toBe(-1);
  expect(seen).toEqual([-1]);
});

test("peerStatsChanged and syncStatsChanged tell who is in, after each join and leave", async () => {
  const { net, node } = setup();
  const [host, joiner] = [node("host"), node("joiner")];
  let peers: string[] | undefined;
  let origins: string[] | undefined;
  joiner.on("peerStatsChanged", (stats) => (peers = Object.keys(stats)));
  joiner.on("syncStatsChanged", (stats) => (origins = Object.keys(stats)));
  const code = await net.until(host.host());
  await net.until(joiner.join(code));
  await net.advance(10);
  expect([peers, origins]).toEqual([[code], [code]]);
  joiner.leave();
  await net.advance(10);
  expect([peers, origins]).toEqual([[], []]);
  expect(joiner.peerStats).toEqual({});
});

test("nodesChanged stays silent while nobody comes or goes", async () => {
  const { net, node } = setup();
  const host = node("host");
  const seen: unknown[] = [];
  host.on("nodesChanged", (nodes) => seen.push(nodes));
  await net.until(host.host());
  host.leave();
  await net.advance(10);
  expect(seen).toEqual([]);
});
