import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { advertise, type Advertisement } from "../../src/discovery/advertise.ts";
import type { Announcement } from "../../src/discovery/announcement.ts";
import { discoverNetworks, type DiscoverOptions } from "../../src/discovery/discover-networks.ts";
import { announcementMessage, questionMessage, readMessage, serviceNames } from "../../src/discovery/dns-messages.ts";
import type { DiscoveredNetwork } from "../../src/discovery/network-table.ts";
import { announcementOf, codeOf, hasTestNetwork, startHost, TEST_ADDRESS, wire } from "./local-multicast.ts";

const GROUP = "224.0.0.251";
/** Does something when a test has ended. */
type Undo = (cleanup: () => Promise<void> | void) => void;

interface Host {
  readonly port: number;
  readonly advertisement: Advertisement;
  /** Stops answering without a good-bye, as after `kill -9`. */
  die(): Promise<void>;
}

async function host(
  undo: Undo,
  interfaces: DiscoverOptions["interfaces"],
  changes: Partial<Announcement> = {},
): Promise<Host> {
  const server = await startHost();
  const announcement = announcementOf({ port: server.port, ...changes });
  const advertisement = advertise(announcement, interfaces && { interfaces });
  undo(() => server.close());
  undo(() => advertisement.close());
  return { port: server.port, advertisement, die: () => server.close() };
}

/** Follows the networks from the first that is found on. */
async function* follow(options: DiscoverOptions): AsyncGenerator<readonly DiscoveredNetwork[]> {
  let hasBegun = false;
  for await (const list of discoverNetworks(options)) {
    hasBegun ||= list.length > 0;
    if (hasBegun) yield list;
  }
}

/** Follows the networks until a list is as wanted. */
async function untilListed(
  options: DiscoverOptions,
  isWanted: (list: readonly DiscoveredNetwork[]) => unknown,
): Promise<readonly DiscoveredNetwork[]> {
  for await (const list of discoverNetworks(options)) if (isWanted(list)) return list;
  throw new Error("The search ended before.");
}

async function openSocket(undo: Undo, address: string): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  undo(() => void socket.close());
  await new Promise<void>((resolve) => socket.bind(5353, resolve));
  socket.addMembership(GROUP, address);
  socket.setMulticastInterface(address);
  return socket;
}

function send(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) =>
    socket.send(bytes, 5353, GROUP, (error) => (error ? reject(error) : resolve())),
  );
}

/** Those that keep the program alive. */
async function openSockets(): Promise<number> {
  // What was closed is gone when the event loop has come around.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  return process.getActiveResourcesInfo().filter((each) => each.startsWith("UDP")).length;
}

const HAS_NETWORK = hasTestNetwork();

// Most of the time passes in pauses between packets. Each has a wire of its own.
describe.skipIf(!HAS_NETWORK).concurrent("finding networks on the local network", () => {
  test("a search follows counts, and sees a good-bye", async ({ onTestFinished }) => {
    const interfaces = wire(2);
    const { advertisement } = await host(onTestFinished, interfaces);
    const story: string[] = [];
    for await (const list of follow({ interfaces })) {
      story.push(list.map(({ nodeCount }) => `${nodeCount} of 4`).join());
      if (story.length === 1) advertisement.update({ nodeCount: 3 });
      if (story.length === 2) await advertisement.close();
      if (story.length === 3) break;
    }
    expect(story).toEqual(["2 of 4", "3 of 4", ""]);
  });

  test("a killed host is gone, and a host that comes later is found", async ({ onTestFinished }) => {
    const interfaces = wire(3);
    const first = await host(onTestFinished, interfaces, { name: "first" });
    const story: string[] = [];
    for await (const list of follow({ interfaces })) {
      story.push(list.map(({ name }) => name).join());
      if (story.length === 1) await host(onTestFinished, interfaces, { name: "second" });
      if (story.length === 2) await first.die();
      if (story.length === 3) break;
    }
    expect(story).toEqual(["first", "first,second", "second"]);
  });

  test("two hosts that call their networks the same are both there", async ({ onTestFinished }) => {
    const interfaces = wire(4);
    await Promise.all([host(onTestFinished, interfaces), host(onTestFinished, interfaces)]);
    const list = await untilListed({ interfaces }, ({ length }) => length === 2);
    expect(list.map(({ name }) => name)).toEqual(["Anna's game", "Anna's game"]);
  });

  test("a host at two interfaces is one network with both addresses", async ({ onTestFinished }) => {
    const interfaces = wire(5, 6);
    const { port } = await host(onTestFinished, interfaces);
    const codes = [codeOf(port, "127.0.5.1"), codeOf(port, "127.0.6.1")];
    const list = await untilListed({ interfaces }, ([each]) => codes.every((code) => each?.codes.includes(code)));
    expect(list).toHaveLength(1);
  });

  test("a hostile neighbor changes nothing", async ({ onTestFinished }) => {
    const interfaces = wire(8);
    const attacker = await openSocket(onTestFinished, "127.0.8.66");
    const packet = Buffer.from(
      announcementMessage(serviceNames("evil", "00"), announcementOf({ name: "evil" }), "127.0.8.66"),
    );
    const { port } = await host(onTestFinished, interfaces);
    const flood = (async () => {
      for (let n = 0; n < 1000; n++) {
        const broken = Buffer.from(packet);
        broken.writeUInt8(n & 255, 12 + (n % (packet.length - 12)));
        await send(attacker, n % 2 === 0 ? broken : broken.subarray(0, n % packet.length));
      }
    })();
    const list = await untilListed({ interfaces }, (all) => all.some(({ code }) => code === codeOf(port, "127.0.8.1")));
    await flood;
    expect(list.map(({ name }) => name)).toEqual(["Anna's game"]);
  });

  test("who announces one network after the other has us try few of them, and warn of nothing", async ({
    onTestFinished,
  }) => {
    const warnings: string[] = [];
    const onWarning = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", onWarning);
    const interfaces = wire(11);
    const attackers = await Promise.all(
      [66, 67].map((last) => openSocket(onTestFinished, `127.0.11.${last}`).then((socket) => ({ socket, last }))),
    );
    let connections = 0;
    const server = createServer(() => (connections += 1)).listen();
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    onTestFinished(() => {
      process.off("warning", onWarning);
      server.close();
    });
    const announce = ({ socket, last }: (typeof attackers)[number], name: string, at: number): Promise<void> => {
      const address = `127.0.11.${last}`;
      const announcement = announcementOf({ port: at, codes: [codeOf(at, address)] });
      return send(socket, announcementMessage(serviceNames(name, "00"), announcement, address));
    };
    const ended = new AbortController();
    const search = untilListed({ interfaces, signal: ended.signal }, () => false);
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    await pause(50);
    // Eight ports of each at once, where nobody is.
    await Promise.all(
      attackers.flatMap((each) => Array.from({ length: 8 }, (_, n) => announce(each, `${n}`, 60_000 + n))),
    );
    const [attacker] = attackers;
    for (let n = 0; n < 12 && attacker; n++) {
      await announce(attacker, `again ${n}`, port);
      await pause(20);
    }
    ended.abort();
    await expect(search).rejects.toThrow("ended");
    expect(connections).toBeLessThanOrEqual(2);
    expect(warnings).toEqual([]);
  });

  test("however many ask, a host answers once a second", async ({ onTestFinished }) => {
    const socket = await openSocket(onTestFinished, "127.0.9.66");
    const times: number[] = [];
    const heardTwice = new Promise<void>((resolve) =>
      socket.on("message", (bytes, { address }) => {
        if (address !== "127.0.9.1" || !readMessage(bytes)?.heard.some(({ ttl }) => ttl > 0)) return;
        times.push(performance.now());
        if (times.length === 2) resolve();
        for (let n = 0; n < 20; n++) void send(socket, questionMessage());
      }),
    );
    await host(onTestFinished, wire(9));
    await heardTwice;
    // Without a pause it would be 120 ms at most. A busy machine hears the first one late.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(500);
  });

  test("an advertisement that is closed twice, or at once, says good-bye and does nothing more", async () => {
    const advertisement = advertise(announcementOf(), { interfaces: wire(10) });
    await Promise.all([advertisement.close(), advertisement.close()]);
    advertisement.update({ nodeCount: 3 });
  });
});

describe.skipIf(!HAS_NETWORK)("what finding networks leaves behind", () => {
  test("a host is found at the machine's interfaces, and the list ends with the loop", async ({ onTestFinished }) => {
    const appId = "test.found";
    const { port } = await host(onTestFinished, undefined, { name: "Anna's game", appId });
    const list = await untilListed({ appId }, ({ length }) => length > 0);
    const code = codeOf(port, TEST_ADDRESS);
    expect(list).toEqual([{ name: "Anna's game", code, codes: [code], nodeCount: 2, maxNodes: 4, appId }]);
    expect(await openSockets()).toBe(0);
  });

  test("the first list comes though nobody is there, and an aborted search ends", async () => {
    const ended = new AbortController();
    const lists: unknown[] = [];
    for await (const list of discoverNetworks({ interfaces: wire(7), signal: ended.signal })) {
      lists.push(list);
      ended.abort();
    }
    expect(lists).toEqual([[]]);
    for await (const list of discoverNetworks({ signal: ended.signal })) lists.push(list);
    expect(lists).toHaveLength(1);
    expect(await openSockets()).toBe(0);
  });

  test("an advertisement does not keep the program alive, and where there is no network it says so once", async ({
    onTestFinished,
  }) => {
    const problems: string[] = [];
    const interfaces: NonNullable<DiscoverOptions["interfaces"]> = () => ({
      gone: [
        { address: "203.0.113.1", netmask: "255.255.255.0", family: "IPv4", mac: "", internal: false, cidr: null },
      ],
      gone2: [
        { address: "203.0.113.2", netmask: "255.255.255.0", family: "IPv4", mac: "", internal: false, cidr: null },
      ],
    });
    const told = new Promise<void>((resolve) => {
      const onProblem = (message: string): void => {
        problems.push(message);
        setTimeout(resolve);
      };
      const advertisement = advertise(announcementOf(), { interfaces, onProblem });
      onTestFinished(() => advertisement.close());
    });
    expect(await openSockets()).toBe(0);
    await told;
    expect(problems).toEqual([expect.stringMatching(/mDNS, UDP port 5353\) fails at 203\.0\.113\.1: .*E[A-Z]+/)]);
  });

  test("what no host may tell is refused before anything is sent", async () => {
    expect(() => advertise(announcementOf({ codes: [] }))).toThrow(RangeError);
    expect(await openSockets()).toBe(0);
  });
});
