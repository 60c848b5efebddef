import { describe, expect } from "vitest";
import { RawJoiner } from "../harness/raw/raw-joiner.ts";
import { RawSignalingClient } from "../harness/raw/signaling-client.ts";
import { NODE_KINDS, testOnStage } from "../harness/scene.ts";

const test = testOnStage();

/** Joiners that come half the way and stay there. */
const HALF_WAY: Record<string, (url: string, code: string) => Promise<{ close(): Promise<void> }>> = {
  "one that has only an open data channel, no state channel": async (url, code) => {
    const joiner = await RawJoiner.start(url, code, { stateChannel: false });
    await joiner.open;
    return joiner;
  },
  "one that sent an offer and no more": async (url, code) => {
    const joiner = await RawJoiner.start(url, code, { hearsAnswer: false });
    await joiner.answered;
    return joiner;
  },
  "one whose offer is no offer": async (url, code) => {
    const client = await RawSignalingClient.connect(url, "0123456789abcdef");
    for (const sdp of ["", "v=0\r\n", "garbage", 7, null, { type: "offer", sdp: "v=0\r\nm=nonsense" }]) {
      client.send("OFFER", code, { connectionId: "x", type: "data", sdp: { type: "offer", sdp } });
      client.send("OFFER", code, { connectionId: "x", type: "data", sdp });
    }
    return client;
  },
};

for (const kind of NODE_KINDS) {
  describe(`a ${kind} host that leaves while joiners are half-way`, () => {
    test.concurrent("leaves nothing behind, and can host again", async ({ scene }) => {
      const host = await scene.node(kind);
      const code = await host.host();
      for (const start of Object.values(HALF_WAY)) await scene.keep(start(scene.signalingUrl, code));
      const friend = await scene.node("node");
      await friend.join(code);
      await host.leave();
      expect(await host.snapshot()).toMatchObject({ status: "disconnected", nodeCount: 0, nodes: [] });
      await host.holdsNothing("after leave()");
      await friend.waitFor({ property: "status", is: "disconnected" });
      await friend.join(await host.host());
    });
  });
}
