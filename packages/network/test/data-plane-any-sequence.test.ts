import { describe, expect, test } from "vitest";
import { Talk } from "./any-talk.ts";
import { setup } from "./memory-nodes.ts";

describe.each(["star", "mesh"] as const)("whatever is said in a %s, on whatever links", (topology) => {
  test.each([1, 2, 3, 4, 5])(
    "[F10, F26, F27, F30] each hears each exactly once, short ones in order, bytes as bytes (seed %i)",
    async (seed) => {
      const talk = await Talk.start(seed, topology);
      await talk.chat(40);
      await talk.finish();
      expect(await talk.problems()).toEqual([]);
      expect(talk.saidCount).toBeGreaterThan(150);
    },
  );

  test.each([1, 2, 3])(
    "also when links break: what is heard was said, once and in order, and a promised transfer is there (seed %i)",
    async (seed) => {
      const talk = await Talk.start(seed, topology);
      talk.longestCut = 8000;
      await talk.chat(30);
      talk.net.link("host", "ann", { cut: true });
      await talk.chat(60);
      await talk.finish();
      expect(await talk.wrongs()).toEqual([]);
      expect(talk.breaks).toBeGreaterThan(0);
    },
  );
});

describe("64 MiB", () => {
  test.each(["star", "mesh"] as const)(
    "[F30] pass from one joiner to another in a %s, and both see how far they are",
    async (topology) => {
      const { net, node } = setup({ link: { delay: 10, rate: 20_000_000 } });
      const [host, ann, bob] = [node("host", { topology }), node("ann"), node("bob")];
      const code = await net.until(host.host());
      for (const joiner of [ann, bob]) await net.until(joiner.join(code));
      await net.advance(1000);
      // With all that stands around it no more than the limit.
      const tiles = new Float64Array(8 * 1024 * 1024 - 1024).fill(1).map((_, i) => i);
      const heard: unknown[] = [];
      bob.on("messageReceived", (_from, data) => heard.push(data));
      const seen: number[] = [];
      bob.on("messageProgress", (_from, { received }) => seen.push(received));
      const told: number[] = [];
      const onProgress = ({ sent }: { sent: number }): void => void told.push(sent);
      await net.until(ann.sendTo(bob.nodeId, { level: 3, tiles }, { onProgress }));
      const [{ level, tiles: got }] = heard as [{ level: number; tiles: Float64Array }];
      expect([heard.length, level, got.constructor, Buffer.compare(asBytes(got), asBytes(tiles))]).toEqual([
        1,
        3,
        Float64Array,
        0,
      ]);
      for (const steps of [seen, told]) {
        expect(steps.length).toBeGreaterThan(20);
        expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
        expect(steps.at(-1)).toBeGreaterThan(tiles.byteLength);
      }
      // With the next pings all is acknowledged.
      await net.advance(3000);
      expect(ann.bufferedAmount(bob.nodeId)).toBe(0);
    },
  );
});

function asBytes({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
