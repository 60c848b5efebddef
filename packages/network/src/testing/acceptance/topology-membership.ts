import { check, same } from "./check.ts";
import { heard, story } from "./party.ts";
import type { Scenario } from "./scenario.ts";
import type { TestNode, TopologyContext } from "./test-node.ts";

/** How soon a node that vanished must be missed, in milliseconds. */
const NOTICED_WITHIN = 5000;

/** How soon a joiner must be refused, in milliseconds. */
const REFUSED_WITHIN = 1000;

const isFor =
  (id: string) =>
  (first: unknown): boolean =>
    first === id;

/** Who is in, who is not, and who says so. */
export const membershipScenarios: readonly Scenario<TopologyContext>[] = [
  story("a host has a code, a joiner finds it, and both say who is there", async (party) => {
    const { host, code, hostId, joiners } = await party.gather(["bob"]);
    const [bob] = joiners as [TestNode];
    const bobId = await party.idOf(bob);
    check(/^(?:[A-HJ-NP-Z2-9]{6}|L[0-9A-Z]+-[0-9A-Z]+)$/.test(code), `the code is ${code}`);
    const common = { networkId: code, connected: true, status: "connected", nodeCount: 2 };
    for (const [node, expected] of [
      [host, { ...common, nodeId: hostId, isHost: true, nodes: [bobId] }],
      [bob, { ...common, nodeId: bobId, isHost: false, nodes: [hostId] }],
    ] as const) {
      const { networkId, connected, status, nodeCount, nodeId, isHost, nodes } = await node.snapshot();
      same({ networkId, connected, status, nodeCount, nodeId, isHost, nodes }, expected, node.name);
      same(heard(node, "statusChanged"), [["connecting"], ["connected"]], `${node.name}'s status`);
    }
    same(heard(host, "networkCreated"), [[code]], "networkCreated");
    same([heard(host, "nodeJoined"), heard(bob, "nodeJoined")], [[[bobId]], [[hostId]]], "nodeJoined");
  }),
  story("a code is forgiven its case, spaces and dashes", async (party) => {
    const { code } = await party.host();
    // In a LAN code, a dash more would name another place.
    const between = code.includes("-") ? " " : "-";
    await party.joiner("bob", ` ${code.slice(0, 3).toLowerCase()}${between}${code.slice(3)} `);
  }),
  story("everybody has the same roster, in joining order, the host first", async (party) => {
    const { host, joiners } = await party.gather(["bob", "carol", "dave"]);
    const all = [host, ...joiners];
    const ids = await Promise.all(all.map((node) => party.idOf(node)));
    for (const [i, node] of all.entries()) {
      const others = ids.filter((_, j) => j !== i);
      same((await node.snapshot()).nodes, others, `${node.name}'s nodes`);
      same(
        heard(node, "nodeJoined"),
        others.map((id) => [id]),
        `${node.name}'s nodeJoined`,
      );
    }
  }),
  story("three joiners at once all get in, and agree on the order", async (party) => {
    const { host, code, hostId } = await party.host();
    const joiners = [await party.node("bob"), await party.node("carol"), await party.node("dave")];
    await party.until(Promise.all(joiners.map((node) => party.joining(node, code))));
    await party.eventually(async () => {
      const snapshots = await Promise.all([host, ...joiners].map((node) => node.snapshot()));
      return snapshots.every(({ nodeCount }) => nodeCount === 4);
    }, "not everybody knows everybody");
    const order = [hostId, ...(await host.snapshot()).nodes];
    for (const node of joiners) {
      const { nodeId, nodes } = await node.snapshot();
      same(
        nodes,
        order.filter((id) => id !== nodeId),
        `${node.name}'s nodes`,
      );
    }
  }),
  story("who does not fit is refused at once, and fits after somebody left", async (party) => {
    const { host, code, joiners } = await party.gather(["bob"], { maxNodes: 2 });
    const [bob] = joiners as [TestNode];
    const carol = await party.node("carol");
    const start = party.now();
    await party.rejectsWith("network-full", party.joining(carol, code));
    check(party.now() - start < REFUSED_WITHIN, `refused after ${party.now() - start} ms`);
    const refused = await carol.snapshot();
    same([refused.status, refused.connected, refused.nodeCount], ["error", false, 0], "the refused node");
    same(
      heard(carol, "errorOccurred").map(([message]) => message),
      ["Network full"],
      "its errors",
    );
    same(heard(host, "nodeJoined").length, 1, "joiners at the host");
    const bobId = await party.idOf(bob);
    await bob.leave();
    await party.sees(host, "nodeLeft", isFor(bobId));
    await party.join(carol, code);
  }),
  story("of seven at once into room for three, exactly three get in", async (party) => {
    const { host, code } = await party.host({ maxNodes: 4 });
    const joiners = await Promise.all(Array.from({ length: 7 }, (_, i) => party.node(`joiner${i}`)));
    const results = await party.until(Promise.allSettled(joiners.map((node) => party.joining(node, code))));
    same(results.filter(({ status }) => status === "fulfilled").length, 3, "got in");
    const codes = results.flatMap((result) =>
      result.status === "rejected" ? [(result.reason as { code?: unknown }).code] : [],
    );
    same(codes, Array(4).fill("network-full"), "refused");
    same((await host.snapshot()).nodeCount, 4, "nodeCount");
  }),
  story("an unknown code is no such network", async (party) => {
    const bob = await party.node("bob");
    await party.rejectsWith("no-such-network", party.joining(bob, "ZZZZZZ"));
    const { status, connected, nodes } = await bob.snapshot();
    same([status, connected, nodes], ["error", false, []], "afterwards");
    const [, error] = await party.sees(bob, "errorOccurred");
    same((error as { code?: unknown }).code, "no-such-network", "errorOccurred");
  }),
  story("what is no code is refused", async (party) => {
    const bob = await party.node("bob");
    await party.rejectsWith("invalid-code", party.joining(bob, "no code"));
  }),
  story("a joiner leaves: it is disconnected at once, and the others are told", async (party) => {
    const { host, hostId, joiners } = await party.gather(["bob", "carol"]);
    const [bob, carol] = joiners as [TestNode, TestNode];
    const [bobId, carolId] = [await party.idOf(bob), await party.idOf(carol)];
    await bob.leave();
    const { status, connected, nodeCount, nodes, networkId } = await bob.snapshot();
    same(
      { status, connected, nodeCount, nodes, networkId },
      { status: "disconnected", connected: false, nodeCount: 0, nodes: [], networkId: "" },
      "bob",
    );
    for (const node of [host, carol]) await party.sees(node, "nodeLeft", isFor(bobId));
    same([(await host.snapshot()).nodes, (await carol.snapshot()).nodes], [[carolId], [hostId]], "rosters");
    await bob.leave();
    same(heard(bob, "errorOccurred"), [], "errors");
  }),
  story("the host leaves: every joiner is told and ends disconnected, without an error", async (party) => {
    const { host, hostId, joiners } = await party.gather(["bob", "carol"]);
    await host.leave();
    for (const node of joiners) {
      await party.sees(node, "nodeLeft", isFor(hostId), NOTICED_WITHIN);
      await party.sees(node, "statusChanged", (status) => status === "disconnected", NOTICED_WITHIN);
      same([(await node.snapshot()).connected, heard(node, "errorOccurred")], [false, []], node.name);
    }
  }),
  story("the host is killed: every joiner notices within 5 s, and ends in an error", async (party) => {
    if (!party.canKill) return;
    const { host, hostId, joiners } = await party.gather(["bob", "carol"]);
    const start = party.now();
    await host.kill();
    for (const node of joiners) {
      await party.sees(node, "nodeLeft", isFor(hostId), NOTICED_WITHIN);
      const [, error] = await party.sees(node, "errorOccurred", undefined, NOTICED_WITHIN);
      same((error as { code?: unknown }).code, "host-lost", `${node.name}'s error`);
      const { status, connected, nodes } = await node.snapshot();
      same([status, connected, nodes], ["error", false, []], node.name);
    }
    check(party.now() - start <= NOTICED_WITHIN, `noticed after ${party.now() - start} ms`);
  }),
  story("a joiner is killed: it leaves every roster within 5 s, and its place is free", async (party) => {
    if (!party.canKill) return;
    const { host, code, joiners } = await party.gather(["bob", "carol"], { maxNodes: 3 });
    const [bob, carol] = joiners as [TestNode, TestNode];
    const bobId = await party.idOf(bob);
    const start = party.now();
    await bob.kill();
    for (const node of [host, carol]) await party.sees(node, "nodeLeft", isFor(bobId), NOTICED_WITHIN);
    check(party.now() - start <= NOTICED_WITHIN, `noticed after ${party.now() - start} ms`);
    await party.joiner("dave", code);
  }),
  story("an idle network stays up", async (party) => {
    const { host, joiners } = await party.gather(["bob"]);
    await party.sleep(8000);
    for (const node of [host, ...joiners]) same((await node.snapshot()).nodeCount, 2, node.name);
  }),
  story("leave() ends an attempt to join, and the next one works", async (party) => {
    const { code } = await party.host();
    const bob = await party.node("bob");
    for (const ms of [0, 2, 5, 10, 20]) {
      // A node in another process may just get in before it hears of leaving: then the attempt has succeeded.
      const outcome = party.joining(bob, code).then(
        () => "in",
        (error: unknown) => (error as { code?: unknown }).code,
      );
      await party.sleep(ms);
      await bob.leave();
      const result = await party.until(outcome);
      check(result === "in" || result === "aborted", `left after ${ms} ms: ${result}`);
      same((await bob.snapshot()).status, "disconnected", `left after ${ms} ms`);
    }
    await party.join(bob, code);
  }),
  story("after leaving, a node can join again, and host itself", async (party) => {
    const { host, code, joiners } = await party.gather(["bob"]);
    const [bob] = joiners as [TestNode];
    await bob.leave();
    await party.join(bob, code);
    const again = await party.idOf(bob);
    await bob.broadcast("back");
    await party.hears(host, again, "back");
    await bob.leave();
    const second = await party.until(bob.host());
    await host.leave();
    await party.join(host, second);
    await host.broadcast("roles swapped");
    await party.hears(bob, await party.idOf(host), "roles swapped");
  }),
  story("after its host was lost, a node can join another network", async (party) => {
    if (!party.canKill) return;
    const { host, joiners } = await party.gather(["bob"]);
    const [bob] = joiners as [TestNode];
    await host.kill();
    await party.sees(bob, "errorOccurred", undefined, NOTICED_WITHIN);
    const carol = await party.node("carol");
    await party.join(bob, await party.until(carol.host()));
    await bob.broadcast("hello");
    await party.hears(carol, await party.idOf(bob), "hello");
  }),
];
