import { expect, test } from "vitest";
import { Network } from "../src/index.ts";
import type { PlatformSocket } from "../src/platform/platform.ts";
import { codeOf, setup } from "./memory-nodes.ts";

test.each([
  ["says nothing to a host that is back", false],
  ["greets a host that is back once more", true],
])("a joiner comes in although the host's socket broke, over a server that %s", async (_name, openOnReturn) => {
  const { net, node } = setup({ signaling: { openOnReturn } });
  const platform = net.platform("host");
  const sockets: PlatformSocket[] = [];
  const create = platform.createWebSocket.bind(platform);
  platform.createWebSocket = (url) => {
    const socket = create(url);
    sockets.push(socket);
    return socket;
  };
  const host = new Network({ platform });
  const code = await net.until(host.host());
  // The server has not noticed: for it the old socket is still there.
  const [broken] = sockets;
  broken!.close = () => {};
  broken!.onclose?.({ code: 1006, reason: "" });
  while (sockets.length < 2) await net.advance(50);
  await net.advance(200);
  const joiner = node("joiner");
  await net.until(joiner.join(code));
  expect(host.nodes).toEqual([joiner.nodeId]);
});

test("a line that breaks for 6 s, at whatever moment of a join, costs the join nothing but time", async () => {
  const failed: unknown[] = [];
  for (let after = 0; after <= 60; after += 3) {
    const { net, node } = setup();
    const code = await net.until(node("host").host());
    const joining = codeOf(node("joiner").join(code));
    await net.advance(after);
    net.link("host", "joiner", { cut: true });
    await net.advance(6000);
    net.link("host", "joiner", { cut: false });
    const result = await net.until(joining);
    if (result) failed.push({ after, result });
  }
  expect(failed).toEqual([]);
});
