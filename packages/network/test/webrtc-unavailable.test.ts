import { expect, test } from "vitest";
import { Network } from "../src/index.ts";
import type { MemoryNetwork, MemoryPlatform } from "../src/testing/index.ts";
import { codeOf, NOTHING, setup } from "./memory-nodes.ts";

/** A machine whose runtime makes no peer connection. */
function withoutWebRtc(net: MemoryNetwork): MemoryPlatform {
  const platform = net.platform();
  platform.createPeerConnection = () => {
    throw new Error("no WebRTC here");
  };
  return platform;
}

test("host() without WebRTC fails, instead of giving a code by which nobody can join", async () => {
  const { net } = setup();
  const host = new Network({ platform: withoutWebRtc(net) });
  expect(await codeOf(net.until(host.host()))).toBe("webrtc-unavailable");
  expect(host.status).toBe("error");
  await net.advance(10);
  expect(net.open()).toEqual(NOTHING);
});

test("whoever tries again at once, on each failure, still gives the event loop back", async () => {
  const { net } = setup();
  const node = new Network({ platform: withoutWebRtc(net) });
  let tries = 0;
  node.on("errorOccurred", () => {
    if (++tries < 100) void node.join("ABCDEF");
  });
  void node.join("ABCDEF");
  // Virtual time stands still, so all that happens by now happened without a timer.
  await new Promise((resolve) => setImmediate(resolve));
  expect(tries).toBeLessThan(2);
  await net.advance(1000);
  expect(tries).toBe(100);
});
