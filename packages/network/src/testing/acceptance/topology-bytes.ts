import { same } from "./check.ts";
import { heard, messagesFrom, story } from "./party.ts";
import type { Party } from "./party.ts";
import type { Scenario } from "./scenario.ts";
import type { TestNode, TopologyContext } from "./test-node.ts";

const TYPES = [
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
] as const;

/** So many bytes, each different from its neighbors. */
function bytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) % 251);
}

/** Bytes at the root and inside, of every type. */
const samples = (): readonly unknown[] => [
  bytes(100),
  bytes(0),
  bytes(16).buffer,
  ...TYPES.map((Type) => new (Type as unknown as typeof Uint8Array)(bytes(16).buffer)),
  { level: 3, tiles: bytes(1000), "": [bytes(1), { deep: [[bytes(2)]], none: null }] },
  bytes(60_000),
];

/** More than fits into one message of a data channel. */
const LONG = 150_000;

/** Each of three nodes and all others: the host, and two joiners to each other. */
async function ways(party: Party): Promise<readonly (readonly [from: TestNode, to: TestNode])[]> {
  const { host, joiners } = await party.gather(["bob", "carol"]);
  const [bob, carol] = joiners as [TestNode, TestNode];
  return [
    [host, bob],
    [bob, host],
    [bob, carol],
  ];
}

/** Bytes, and messages of any size, in every topology. */
export const bytesScenarios: readonly Scenario<TopologyContext>[] = [
  story("bytes of every type arrive as what they were, alone and inside of objects", async (party) => {
    for (const [from, to] of await ways(party)) {
      const [origin, receiver] = [await party.idOf(from), await party.idOf(to)];
      for (const data of samples()) await from.sendTo(receiver, data);
      await from.sendTo(receiver, "end");
      await party.hears(to, origin, "end");
      same(messagesFrom(to, origin), [...samples(), "end"], `from ${from.name} to ${to.name}`);
    }
  }),
  story(
    "a long message arrives whole, is told of on its way, and its sender learns when it is there",
    async (party) => {
      for (const [from, to] of await ways(party)) {
        const [origin, receiver] = [await party.idOf(from), await party.idOf(to)];
        const data = { name: "map", tiles: bytes(LONG), text: "ü".repeat(10_000) };
        await party.until(from.deliver(receiver, data));
        await party.hears(to, origin, data);
        const last = heard(to, "messageProgress")
          .filter(([id]) => id === origin)
          .at(-1)?.[1];
        const { received, total } = last as { received: number; total: number };
        same([received === total, total > LONG], [true, true], `the progress of ${from.name} at ${to.name}`);
      }
    },
  ),
  story("a long broadcast reaches everybody, and nobody twice", async (party) => {
    const { host, joiners } = await party.gather(["bob", "carol"]);
    const [bob, carol] = joiners as [TestNode, TestNode];
    const origin = await party.idOf(bob);
    const data = bytes(LONG);
    await party.until(bob.deliver(undefined, data));
    await bob.broadcast("end");
    for (const node of [host, carol]) {
      await party.hears(node, origin, data);
      await party.hears(node, origin, "end");
      same(messagesFrom(node, origin).length, 2, `messages at ${node.name}`);
    }
  }),
  story("what is longer than its receiver takes is refused, and what follows arrives", async (party) => {
    const { host, code, hostId } = await party.host();
    const bob = await party.node("bob");
    await party.until(bob.join(code, { maxMessageSize: 50_000 }));
    const id = await party.idOf(bob);
    await party.sees(host, "nodeJoined", (joined) => joined === id);
    await party.rejectsWith("message-too-large", host.deliver(id, bytes(LONG)));
    await party.until(host.deliver(id, "short"));
    await party.hears(bob, hostId, "short");
    same(messagesFrom(bob, hostId), ["short"], "what bob hears");
  }),
];
