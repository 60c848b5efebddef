import { describe, expect, test } from "vitest";
import type { Network } from "../src/index.ts";
import { gather, numbers, record } from "./mesh-nodes.ts";
import { setup } from "./memory-nodes.ts";
import { hostRaw } from "./raw-host.ts";
import type { RawSend } from "./raw-host.ts";
import { joinRaw } from "./raw-joiner.ts";
import { numbering, packet, packetThatSays } from "./raw-packet.ts";

const bytes = (length: number): Uint8Array => new Uint8Array(length);

/** Each is one broken frame, or two with what belongs to none. */
const BROKEN: Readonly<Record<string, string | Uint8Array>> = {
  "no bytes at all": bytes(0),
  "three bytes": bytes(3),
  "a text longer than the message": packetThatSays(100, "{}"),
  "a text of 4 GiB": packetThatSays(2 ** 32 - 1, "{}"),
  "a text that is no UTF-8": bytes(40).fill(255),
  "an empty text": "",
  "a line too many": packet({ t: "e" }, ["[1]"]),
  "a byte too many": packet({ t: "e" }, [], bytes(1)),
  "a line too few": packet({ t: "m", c: 1 }),
  "a byte too few": packet({ t: "f", id: 1, z: 9, b: 5 }, [], bytes(4)),
  "2^53 - 1 bytes in four": packet({ t: "f", id: 1, z: 9, b: 2 ** 53 - 1 }, [], bytes(4)),
  "2^53 - 1 lines in one": packet({ t: "v", to: "x", x: 2 ** 53 - 1 }, ["{}"]),
  "a list without heads": "[]",
  "a head that is none": packet([7]),
};

/** Data that is not what its head says. */
const LIES: Readonly<Record<string, [object, string, Uint8Array?]>> = {
  "fewer messages than said": [{ c: 5 }, "[1]"],
  "2^53 - 1 messages": [{ c: 2 ** 53 - 1 }, "[1]"],
  "more messages than said": [{ c: 1 }, "[1,2]"],
  "no list": [{ c: 1 }, '{"length":1}'],
  "no JSON": [{ c: 1 }, "[1"],
  "data 65 levels deep": [{ c: 1 }, "[".repeat(66) + "]".repeat(66)],
  "rows with a value too few": [{ c: 2, r: 1 }, '[["x","y"],1,2,3]'],
  "rows without keys, 2^53 - 1 of them": [{ c: 2 ** 53 - 1, r: 1 }, "[[]]"],
  "rows whose keys are no texts": [{ c: 1, r: 1 }, "[[{}],1]"],
  "rows with a key that is the prototype": [{ c: 1, r: 1 }, '[["__proto__"],{"isEvil":true}]'],
  "no table": [{ c: 1, b: 4 }, "[[null]]", bytes(4)],
  "a table of more bytes than there are": [{ c: 1, b: 4 }, '[[null,[[[],"Uint8Array",5]]]]', bytes(4)],
  "a table of fewer bytes than there are": [{ c: 1, b: 4 }, '[[null,[[[],"Uint8Array",3]]]]', bytes(4)],
  "a table with a negative length": [
    { c: 1, b: 4 },
    '[[[null,null],[[[0],"Uint8Array",-4],[[1],"Uint8Array",8]]]]',
    bytes(4),
  ],
  "bytes of no type": [{ c: 1, b: 4 }, '[[null,[[[],"toString",4]]]]', bytes(4)],
  "bytes where there is something else": [{ c: 1, b: 4 }, '[[{"x":1},[[["x"],"Uint8Array",4]]]]', bytes(4)],
  "bytes in a prototype": [{ c: 1, b: 4 }, '[[{},[[["constructor","prototype","x"],"Uint8Array",4]]]]', bytes(4)],
  "half a number": [{ c: 1, b: 4 }, '[[null,[[[],"Float64Array",4]]]]', bytes(4)],
};

describe("a joiner that sends packets with", () => {
  test.each(Object.entries(BROKEN))(
    "[F26] %s is heard 50 times, and dropped after 101 at the latest",
    async (_name, message) => {
      const { net, node } = setup();
      const [host, honest] = [node("host"), node("honest")];
      const code = await net.until(host.host());
      await net.until(honest.join(code));
      const eve = await joinRaw(net, code, "eve");
      const heard = [record(host), record(honest)];
      for (const _ of numbers(50)) eve.send(message);
      await net.advance(50);
      expect(eve.isClosed).toBe(false);
      for (const _ of numbers(51)) eve.send(message);
      await net.advance(50);
      expect([eve.isClosed, host.nodes, heard]).toEqual([true, [honest.nodeId], [[], []]]);
      honest.broadcast("fine");
      await net.advance(50);
      expect(heard[0]).toEqual([[honest.nodeId, "fine"]]);
    },
  );
});

describe("a joiner whose data is", () => {
  test.each(Object.entries(LIES))(
    "[F27] %s is heard by nobody, and its receiver blames nobody else",
    async (_name, [head, line, more]) => {
      const { net, node } = setup();
      const [host, honest] = [node("host"), node("honest")];
      const code = await net.until(host.host());
      await net.until(honest.join(code));
      const eve = await joinRaw(net, code, "eve");
      const heard = [record(host), record(honest)];
      const states: unknown[] = [];
      for (const one of [host, honest]) one.on("stateReceived", (_from, data) => states.push(data));
      const number = numbering();
      // To all, by way of the host to one, and as a state. What claims to be so much may be too much at once.
      for (const to of [undefined, honest.nodeId]) eve.send(packet(number({ t: "m", to, ...head }), [line], more));
      eve.sendState(packet({ t: "s", q: 1, ...head }, [line], more));
      await net.advance(50);
      expect([heard, states]).toEqual([[[], []], []]);
      expect(({} as { isEvil?: boolean }).isEvil).toBeUndefined();
      for (const _ of numbers(150)) eve.send(packet(number({ t: "m", to: honest.nodeId, ...head }), [line], more));
      await net.advance(50);
      expect(honest.nodes[0]).toBe(code);
      for (const _ of numbers(101)) eve.send(packet(number({ t: "m", ...head }), [line], more));
      await net.advance(50);
      expect(eve.isClosed).toBe(true);
      honest.broadcast("fine");
      await net.advance(50);
      expect(heard).toEqual([[[honest.nodeId, "fine"]], []]);
    },
  );
});

test("[F15] messages count, however many a frame says to hold", async () => {
  const { net, node } = setup();
  const [host, honest] = [node("host"), node("honest")];
  const code = await net.until(host.host());
  await net.until(honest.join(code));
  const heard = record(honest);
  const eve = await joinRaw(net, code, "eve");
  const line = `[${numbers(1000).join()}]`;
  for (const i of numbers(200)) eve.send(packet({ n: i + 1, t: "m", c: 1000 }, [line]));
  await net.advance(1000);
  expect([eve.isClosed, host.nodes]).toEqual([true, [honest.nodeId]]);
  // 16 messages cost as much as a frame.
  expect(heard.length).toBeLessThanOrEqual(16 * 8000);
});

test("[F29] paces that lie hold nothing up for ever, and cost no memory", async () => {
  const { net, node } = setup();
  const [host, honest] = [node("host"), node("honest")];
  const code = await net.until(host.host());
  await net.until(honest.join(code));
  const eve = await joinRaw(net, code, "eve");
  let atHonest = 0;
  honest.on("stateReceived", () => atHonest++);
  for (const i of numbers(300)) {
    host.broadcastState(i);
    for (const e of [undefined, 1, 2 ** 53 - 1]) eve.sendState(packet({ t: "e", i: 2 ** 53 - 1 - i, e }));
    await net.advance(16);
  }
  expect(atHonest).toBe(300);
  const states = eve.frames().filter((frame) => frame?.t === "s");
  expect(states.length).toBeGreaterThan(15);
  expect(host.peerStats["eve"]!.stateBacklog).toBeLessThan(1000);
  expect(host.nodes).toEqual([honest.nodeId, "eve"]);
});

test("[F27] a host whose data lies is left after 101 of them, and breaks nothing", async () => {
  const { net, node } = setup();
  let send: RawSend = () => {};
  await hostRaw(net, "ABCDEF", (way) => (send = way));
  const ann = node("ann");
  const joined = ann.join("ABCDEF");
  await net.advance(100);
  const number = numbering();
  send(packet(number({ t: "y", sys: "roster", nodes: [], plain: ["nobody", "ABCDEF"] })));
  await net.until(joined);
  const heard = record(ann);
  for (const [head, line, more] of Object.values(LIES)) send(packet(number({ t: "m", ...head }), [line], more));
  await net.advance(50);
  expect([heard, ann.status]).toEqual([[], "connected"]);
  for (const _ of numbers(101)) send(packet(number({ t: "m", c: 2 }), ["[1]"]));
  await net.advance(50);
  expect(ann.status).toBe("error");
});

test("[F19] mail that lies about its lines or bytes breaks the link of its sender alone", async () => {
  const { net, host, code, joiners } = await gather(["ann", "bob"], { cut: true });
  const [ann, bob] = joiners as [Network, Network];
  const eve = await joinRaw(net, code, "eve");
  await net.advance(100);
  for (const i of numbers(101)) eve.send(packet({ n: i + 1, t: "v", to: ann.nodeId, x: 3, b: 9 }, ["{}"], bytes(4)));
  await net.advance(100);
  expect([eve.isClosed, host.nodes]).toEqual([true, [ann.nodeId, bob.nodeId]]);
  const heard = record(bob);
  ann.sendTo(bob.nodeId, bytes(3));
  await net.advance(100);
  expect(heard).toEqual([[ann.nodeId, bytes(3)]]);
});
