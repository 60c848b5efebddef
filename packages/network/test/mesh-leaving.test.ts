import { describe, expect, test } from "vitest";
import type { Network } from "../src/index.ts";
import { NOTHING } from "./memory-nodes.ts";
import { errorsOf, gather, numbers, record } from "./mesh-nodes.ts";

describe("who leaves a mesh", () => {
  test.each([
    ["its connection has just broken", false],
    ["there was none", true],
  ])("[F24] what a node says last arrives, though %s", async (_why, cut) => {
    const { net, host, joiners } = await gather(["ann", "bob"], { cut });
    const [ann, bob] = joiners as [Network, Network];
    const heard = record(bob);
    net.link("ann", "bob", { cut: true });
    for (const i of numbers(100)) ann.broadcast(i);
    ann.leave();
    await net.advance(500);
    expect(heard.map(([, data]) => data)).toEqual(numbers(100));
    expect(bob.nodes).toEqual([host.nodeId]);
  });

  test.each([
    ["1 MB", "connected", false, 50_000],
    ["50 kB", "behind the host", true, 2500],
  ] as const)("right after saying %s to all seven others, who are %s: it arrives", async (_much, _how, cut, size) => {
    const { net, host, joiners } = await gather(["ann", "bob", "cat", "dan", "eva", "fay", "gil"], { cut });
    await net.advance(3000);
    const others = [host, ...joiners.slice(1)].map(record);
    for (const i of numbers(20)) joiners[0]!.broadcast([i, "x".repeat(size)]);
    joiners[0]!.broadcast("that was all");
    joiners[0]!.leave();
    await net.advance(5000);
    expect(others.map((heard) => heard.length)).toEqual([21, 21, 21, 21, 21, 21, 21]);
  });

  test("while more is unsaid than can arrive hears no errors, and the host hears the good-bye", async () => {
    const { net, host, joiners } = await gather(["ann", "bob", "cat"], { cut: true });
    const [ann, bob, cat] = joiners as [Network, Network, Network];
    const annId = ann.nodeId;
    const errors = errorsOf(ann);
    const statuses: string[] = [];
    ann.on("statusChanged", (status) => statuses.push(status));
    const atHost = record(host);
    const text = "x".repeat(50_000);
    for (const _ of numbers(200)) for (const to of [bob, cat]) ann.sendTo(to.nodeId, text);
    ann.sendTo(host.nodeId, "to the host, a moment before");
    ann.leave();
    await net.advance(3000);
    expect({ errors, statuses, atHost }).toEqual({
      errors: [],
      statuses: ["disconnected"],
      atHost: [[annId, "to the host, a moment before"]],
    });
  });

  test("is out for the others as soon as they have heard it all, within milliseconds", async () => {
    const { net, host, joiners } = await gather(["ann", "bob"]);
    const [ann, bob] = joiners as [Network, Network];
    ann.broadcast("last words");
    ann.leave();
    expect(ann.status).toBe("disconnected");
    await net.advance(20);
    expect([host.nodeCount, bob.nodeCount]).toEqual([2, 2]);
  });

  test("as its program ends says all at once", async () => {
    const { net, host, joiners } = await gather(["ann", "bob"]);
    const [ann, bob] = joiners as [Network, Network];
    const heard = record(bob);
    ann.broadcast("last words");
    net.exit("ann");
    await net.advance(20);
    expect(heard.map(([, data]) => data)).toEqual(["last words"]);
    expect([host.nodeCount, bob.nodeCount]).toEqual([2, 2]);
  });

  test("and whose program ends a moment after leave() has still said good-bye", async () => {
    const { net, host, joiners } = await gather(["ann", "bob"]);
    const [ann, bob] = joiners as [Network, Network];
    net.link("ann", "bob", { cut: true });
    ann.broadcast("last words");
    ann.leave();
    net.exit("ann");
    await net.advance(20);
    expect([host.nodeCount, bob.nodeCount]).toEqual([2, 2]);
  });

  test("while another one has just died waits for it no longer than a second", async () => {
    const { net, host, joiners } = await gather(["ann", "bob", "cat"]);
    const [ann, , cat] = joiners as [Network, Network, Network];
    net.kill("bob");
    ann.broadcast("last words");
    ann.leave();
    await net.advance(1100);
    expect([host.nodeCount, cat.nodeCount]).toEqual([3, 3]);
    await net.advance(6000);
    expect(net.open("ann")).toEqual(NOTHING);
  });
});
