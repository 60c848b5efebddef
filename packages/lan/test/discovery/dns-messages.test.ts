import { decode, encode } from "dns-packet";
import { describe, expect, test } from "vitest";
import {
  announcementMessage,
  asksFor,
  goodbyeMessage,
  questionMessage,
  readMessage,
  serviceNames,
  SERVICE,
  type DnsMessage,
} from "../../src/discovery/dns-messages.ts";
import { PacketGate } from "../../src/discovery/packet-gate.ts";
import { announcementOf } from "./local-multicast.ts";

const NAMES = serviceNames("Anna's game", "0123456789");
const ANNOUNCEMENT = announcementMessage(NAMES, announcementOf(), "198.18.9.1");

function read(bytes: Buffer): DnsMessage {
  const message = readMessage(bytes);
  if (message === undefined) throw new Error("It cannot be read.");
  return message;
}

/** A generator of numbers from 0 up to a limit, the same in every run (Mulberry32). */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** A question for all types of records, which the library's types do not have. */
function questionForEverything(): Buffer {
  const bytes = encode({ type: "query", questions: [{ name: SERVICE, type: "PTR" }] });
  bytes.writeUInt16BE(255, bytes.length - 4);
  return bytes;
}

describe("a message", () => {
  test("tells all about a network in one packet that fits into any network", () => {
    expect(read(ANNOUNCEMENT).heard).toEqual([
      { instance: `anna's game 0123456789.${SERVICE}`, ttl: 120, announcement: announcementOf() },
    ]);
    const longest = announcementOf({
      name: "🐙".repeat(60),
      appId: "x".repeat(64),
      codes: Array<string>(8).fill(announcementOf().codes[0] ?? ""),
    });
    expect(announcementMessage(serviceNames(longest.name, "0123456789"), longest, "198.18.9.1").length).toBeLessThan(
      1400,
    );
  });

  test("says good-bye", () => {
    expect(read(goodbyeMessage(NAMES)).heard).toEqual([{ instance: NAMES.instance.toLowerCase(), ttl: 0 }]);
  });

  test("has names that DNS can carry, whatever the network is called", () => {
    for (const name of ["a.b.c", "\\046", "🐙".repeat(60), "x".repeat(60), "Game"]) {
      const names = serviceNames(name, "0123456789");
      const [label = "", ...rest] = names.instance.split(".");
      expect(rest.join(".")).toBe(SERVICE);
      expect(Buffer.byteLength(label)).toBeLessThanOrEqual(63);
      expect(read(announcementMessage(names, announcementOf(), "198.18.9.1")).heard).toHaveLength(1);
    }
  });

  test.each([
    ["our own question", questionMessage(), true],
    ["everything of our type", questionForEverything(), true],
    [
      "our type in upper case",
      encode({ type: "query", questions: [{ name: "_CLAYGROUND._TCP.LOCAL", type: "PTR" }] }),
      true,
    ],
    ["all types", encode({ type: "query", questions: [{ name: "_services._dns-sd._udp.local", type: "PTR" }] }), true],
    ["the instance's server", encode({ type: "query", questions: [{ name: NAMES.instance, type: "SRV" }] }), true],
    ["the machine's address", encode({ type: "query", questions: [{ name: NAMES.host, type: "A" }] }), true],
    ["another instance", encode({ type: "query", questions: [{ name: `x.${SERVICE}`, type: "SRV" }] }), false],
    ["printers", encode({ type: "query", questions: [{ name: "_ipp._tcp.local", type: "PTR" }] }), false],
    ["nothing", encode({ type: "query" }), false],
    ["nothing, it tells", ANNOUNCEMENT, false],
  ])("asks for a network or not: %s", (_, bytes, asks) => {
    expect(asksFor(read(bytes), NAMES)).toBe(asks);
  });

  test.each([
    [119, false],
    [60, false],
    [59, true],
  ])("needs no answer while the asker knows it for %d s more", (ttl, asks) => {
    const known = { name: SERVICE, type: "PTR", ttl, data: NAMES.instance } as const;
    const question = encode({ type: "query", questions: [{ name: SERVICE, type: "PTR" }], answers: [known] });
    expect(asksFor(read(question), NAMES)).toBe(asks);
  });

  test("tells of eight networks at most, and of none for longer than two minutes", () => {
    const { answers = [] } = decode(Buffer.from(ANNOUNCEMENT));
    const many = Array.from({ length: 12 }, () => ({ ...answers[0], ttl: 4_000_000 }) as (typeof answers)[number]);
    const { heard } = read(encode({ type: "response", answers: [...many, ...answers] }));
    expect(heard).toHaveLength(8);
    expect(heard.every(({ ttl }) => ttl === 120)).toBe(true);
  });

  test("that is too large, or claims too many records, is not read", () => {
    const greedy = Buffer.from(ANNOUNCEMENT);
    greedy.writeUInt16BE(65_535, 10);
    expect(readMessage(greedy)).toBeUndefined();
    expect(readMessage(Buffer.concat([ANNOUNCEMENT, Buffer.alloc(4096)]))).toBeUndefined();
    expect(readMessage(ANNOUNCEMENT.subarray(0, 11))).toBeUndefined();
  });

  test("of 10,000 broken ones, none throws, and none tells of a network that no host may have", () => {
    const random = seeded(4);
    const told = Array.from({ length: 10_000 }, () => readMessage(hostilePacket(random))?.heard ?? [])
      .flat()
      .flatMap(({ announcement }) => announcement ?? []);
    const wrong = told.filter(
      ({ name, codes, maxNodes }) => !/^\P{Cc}{1,60}$/u.test(name) || codes.length === 0 || maxNodes === 0,
    );
    expect(wrong).toEqual([]);
    // Some differ in what does not matter.
    expect(told.length).toBeGreaterThan(100);
  });

  function hostilePacket(random: (limit: number) => number): Buffer {
    if (random(4) === 0) return Buffer.from(Array.from({ length: random(600) }, () => random(256)));
    const packet = Buffer.from(ANNOUNCEMENT);
    for (let count = 1 + random(4); count > 0; count--) packet[random(packet.length)] = random(256);
    return random(4) === 0 ? packet.subarray(0, random(packet.length)) : packet;
  }
});

describe("whether a packet is read at all", () => {
  const NEEDLES = ["_clayground"];

  test("is decided by its text", () => {
    const gate = new PacketGate(NEEDLES);
    const printers = encode({ type: "query", questions: [{ name: "_ipp._tcp.local", type: "PTR" }] });
    expect(gate.admits(ANNOUNCEMENT, "198.18.9.2", 0)).toBe(true);
    expect(gate.admits(printers, "198.18.9.2", 0)).toBe(false);
  });

  test("depends on how many came from there, and all together", () => {
    const gate = new PacketGate(NEEDLES);
    const admitted = (source: string, now: number): number =>
      Array.from({ length: 100 }, () => gate.admits(ANNOUNCEMENT, source, now)).filter(Boolean).length;
    expect(admitted("198.18.9.2", 0)).toBe(20);
    expect(admitted("198.18.9.3", 0)).toBe(20);
    expect(admitted("198.18.9.2", 1000)).toBe(10);
    const ofMany = Array.from({ length: 1000 }, (_, n) => admitted(`10.0.${n >> 8}.${n & 255}`, 1000));
    expect(ofMany.reduce((sum, count) => sum + count)).toBe(190);
  });
});
