import { expect, test } from "vitest";
import { Network } from "../../src/index.ts";
import type { Delivery, Platform } from "../../src/index.ts";
import {
  MemoryNetwork,
  NetworkTestNode,
  platformAcceptance,
  signalingAcceptance,
  topologyAcceptance,
  virtualTime,
} from "../../src/testing/index.ts";
import type { AcceptanceTest } from "../../src/testing/index.ts";

/** The names of the tests that fail. */
async function failures(tests: readonly AcceptanceTest[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of tests) await run().catch(() => failed.push(name));
  return failed;
}

/** The platform with some members broken. */
function broken(platform: Platform, members: Partial<Platform>): Platform {
  return new Proxy(platform, {
    get: (target, name: keyof Platform) => members[name] ?? target[name]?.bind(target),
  });
}

const BAD_PLATFORMS: [string, (platform: Platform) => Partial<Platform>, string][] = [
  ["draws the same bytes", () => ({ randomBytes: (count) => new Uint8Array(count) }), "random bytes"],
  ["clears no timer", () => ({ clearTimeout: () => {} }), "timers fire"],
  [
    "knows no reason",
    (platform) => ({
      loadHttp: async () => ({
        ...(await platform.loadHttp()),
        explainSocketFailure: () => Promise.resolve("refused"),
      }),
    }),
    "where nothing answers",
  ],
  [
    "sends everything by the lossy channel's rules",
    (platform) => ({
      createPeerConnection: (config) => {
        const connection = platform.createPeerConnection(config);
        const create = connection.createDataChannel.bind(connection);
        connection.createDataChannel = (label) => create(label, { ordered: false, maxRetransmits: 0 });
        return connection;
      },
    }),
    "1,000 messages",
  ],
];

test.each(BAD_PLATFORMS)("a platform that %s is caught", async (_, damage, story) => {
  const setup = () => {
    const net = new MemoryNetwork({ link: { delay: 20, jitter: 30, loss: 0.02 } });
    const a = net.platform();
    return { a: broken(a, damage(a)), b: net.platform(), signalingUrl: net.signalingUrl, ...virtualTime(net) };
  };
  expect(await failures(platformAcceptance(setup))).toContainEqual(expect.stringContaining(story));
});

test("a signaling server that forgets to answer for who is absent is caught", async () => {
  const setup = () => {
    const net = new MemoryNetwork({ signaling: { expireAfter: 1e9 } });
    return { platform: net.platform(), url: net.signalingUrl, ...virtualTime(net) };
  };
  expect(await failures(signalingAcceptance(setup))).toEqual([expect.stringContaining("EXPIRE")]);
});

test("a network that sends twice is caught", async () => {
  class Stutter extends Network {
    override broadcast(data: unknown): Delivery {
      super.broadcast(data);
      return super.broadcast(data);
    }
  }
  const setup = () => {
    const net = new MemoryNetwork();
    const node = (name: string) =>
      new NetworkTestNode(new Stutter({ platform: net.platform(name) }), { name, kill: () => net.kill(name) });
    return { node, ...virtualTime(net) };
  };
  const failed = await failures(topologyAcceptance(setup));
  expect(failed).toContainEqual(expect.stringContaining("exactly once"));
  expect(failed).not.toContainEqual(expect.stringContaining("no such network"));
});
