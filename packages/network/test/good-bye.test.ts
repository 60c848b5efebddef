import { expect, test } from "vitest";
import { codeOf, NOTHING, setup } from "./memory-nodes.ts";
import { hostRaw } from "./raw-host.ts";
import { joinRaw } from "./raw-joiner.ts";

test("two that leave at the same moment leave nothing open", async () => {
  const { net, node } = setup({ link: { delay: 20 } });
  const [host, joiner] = [node("host"), node("joiner")];
  await net.until(joiner.join(await net.until(host.host())));
  joiner.leave();
  host.leave();
  await net.advance(3000);
  expect(net.open()).toEqual(NOTHING);
});

test("a host that says good-bye before its roster ends the join at once, also one without a time limit", async () => {
  const { net, node } = setup();
  await hostRaw(net, "ABCDEF", (send) => send(JSON.stringify({ t: "y", sys: "bye", n: 1 })));
  const joiner = node("joiner", { connectionTimeout: 0 });
  expect(await codeOf(net.until(joiner.join("ABCDEF"), { limit: 1000 }))).toBe("no-such-network");
});

test("leave() with so full a queue that nothing more fits says nothing but disconnected", async () => {
  const { net, node } = setup();
  const [host, joiner] = [node("host"), node("joiner", { maxQueue: 1_000_000 })];
  const code = await net.until(host.host());
  await net.until(joiner.join(code));
  net.link("host", "joiner", { rate: 1000 });
  const size = 50_000;
  while (joiner.bufferedAmount(code) + size < 1_000_000) joiner.broadcast("x".repeat(size - 10));
  expect(joiner.status).toBe("connected");
  const seen: string[] = [];
  joiner.on("statusChanged", (status) => seen.push(status));
  joiner.on("errorOccurred", (_message, error) => seen.push(error.code));
  joiner.on("nodeLeft", () => seen.push("left"));
  joiner.leave();
  await net.advance(10);
  expect(seen).toEqual(["disconnected"]);
});

test("an existing app sees its channels closed first, and the connection a moment later: at once would kill it", async () => {
  const { net, node } = setup();
  const host = node("host");
  const app = await joinRaw(net, await net.until(host.host()), "app", { unannounced: true });
  host.leave();
  await net.advance(40);
  expect([app.isClosed, net.open("host").peerConnections]).toEqual([true, 1]);
  await net.advance(20);
  expect(net.open("host")).toEqual(NOTHING);
});
