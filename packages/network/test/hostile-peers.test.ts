import { MAX_ROSTER_LENGTH } from "@clayground/protocol";
import type { SignalCandidate } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import type { PlatformDataChannel } from "../src/platform/platform.ts";
import { PeerServerSignaling } from "../src/signaling/peer-server-signaling.ts";
import type { MemoryNetwork, MemoryPlatform } from "../src/testing/index.ts";
import { Network } from "../src/index.ts";
import { setup } from "./memory-nodes.ts";
import { hostRaw } from "./raw-host.ts";
import { joinRaw } from "./raw-joiner.ts";

const json = (frame: object): string => JSON.stringify(frame);

/** Connects to a host without ever opening a reliable channel. */
async function connectLossyOnly(net: MemoryNetwork, code: string, id: string): Promise<PlatformDataChannel> {
  const platform = net.platform(id);
  const pc = platform.createPeerConnection({ iceServers: [] });
  const channel = pc.createDataChannel("state", { ordered: false, maxRetransmits: 0 });
  const common = { type: "data", connectionId: "lossy" } as const;
  let described = Promise.resolve();
  const offer = async (): Promise<void> => {
    const description = await pc.createOffer();
    const payload = { ...common, label: "lossy", reliable: false, serialization: "json", sdp: description };
    signaling.send({ type: "OFFER", dst: code, payload: { ...payload, sdp: { type: "offer", sdp: description.sdp } } });
    await pc.setLocalDescription(description);
  };
  const signaling: PeerServerSignaling = new PeerServerSignaling(
    platform,
    { url: net.signalingUrl, id },
    {
      open: () => void offer(),
      taken: () => {},
      failed: () => {},
      signal: (signal) => {
        if (signal.type === "ANSWER" && signal.payload.sdp)
          described = pc.setRemoteDescription({ type: "answer", sdp: signal.payload.sdp.sdp });
        if (signal.type === "CANDIDATE") {
          const { candidate } = signal.payload;
          void described.then(() => pc.addIceCandidate(candidate));
        }
      },
    },
  );
  pc.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate) return;
    signaling.send({
      type: "CANDIDATE",
      dst: code,
      payload: { ...common, candidate: candidate as SignalCandidate },
    });
  };
  await net.advance(200);
  return channel;
}

/** The channels that others open on this machine. */
function watchChannels(platform: MemoryPlatform): PlatformDataChannel[] {
  const channels: PlatformDataChannel[] = [];
  const create = platform.createPeerConnection.bind(platform);
  platform.createPeerConnection = (config) => {
    const pc = create(config);
    queueMicrotask(() => {
      const adopt = pc.ondatachannel;
      if (!adopt) return;
      pc.ondatachannel = (event) => {
        channels.push(event.channel);
        adopt(event);
      };
    });
    return pc;
  };
  return channels;
}

describe("a joiner", () => {
  test.each([
    ["of the largest size", (): string => json({ t: "m", d: "x".repeat(262_144 - 25), n: 1 })],
    [
      "whose numbers grow when they are written again",
      (): string => `{"t":"m","n":1,"d":[${Array(50_000).fill("1e20").join()}]}`,
    ],
  ])("cannot mute the host for the others with a message %s", async (_name, make) => {
    const { net, node } = setup();
    const [host, honest] = [node("host"), node("honest")];
    const code = await net.until(host.host());
    await net.until(honest.join(code));
    const raw = await joinRaw(net, code, "raw");
    const heard: unknown[] = [];
    honest.on("messageReceived", (from, data) => from === code && heard.push(data));
    raw.send(make());
    await net.advance(1000);
    host.broadcast("still there");
    await net.advance(5000);
    expect(heard).toEqual(["still there"]);
    expect(honest.status).toBe("connected");
    expect(raw.isClosed).toBe(true);
  });

  test("that is not in, because it opened the lossy channel alone, is heard by nobody", async () => {
    const { net, node } = setup();
    const [host, honest] = [node("host"), node("honest")];
    const code = await net.until(host.host());
    await net.until(honest.join(code));
    const heard: unknown[] = [];
    for (const one of [host, honest]) {
      one.on("messageReceived", (from, data) => heard.push([from, data]));
      one.on("stateReceived", (from, state) => heard.push([from, state]));
    }
    const channel = await connectLossyOnly(net, code, "ghost");
    expect(channel.readyState).toBe("open");
    channel.send(json({ t: "m", d: "boo" }));
    channel.send(json({ t: "s", d: "boo", q: 1 }));
    await net.advance(100);
    expect(host.nodes).toEqual([honest.nodeId]);
    expect(heard).toEqual([]);
  });

  test("that floods in bytes is dropped, and costs no slower joiner its place", async () => {
    const { net, node } = setup();
    const [host, slow] = [node("host"), node("slow")];
    const code = await net.until(host.host());
    await net.until(slow.join(code));
    net.link("host", "slow", { rate: 500_000 });
    const raw = await joinRaw(net, code, "raw");
    const d = "x".repeat(200_000);
    for (let n = 1; n <= 100 && !raw.isClosed; n++) {
      raw.send(json({ t: "m", d, n }));
      await net.advance(20);
    }
    expect(raw.isClosed).toBe(true);
    await net.advance(2000);
    expect(slow.status).toBe("connected");
    expect(host.nodes).toEqual([slow.nodeId]);
  });

  test("that sends too many empty batches is dropped like one that sends broken frames", async () => {
    const { net, node } = setup();
    const code = await net.until(node("host").host());
    const raw = await joinRaw(net, code, "raw");
    for (let i = 0; i < 100; i++) raw.send("[]");
    await net.advance(20);
    expect(raw.isClosed).toBe(false);
    raw.send("[]");
    await net.advance(20);
    expect(raw.isClosed).toBe(true);
  });

  test("that pings, but takes no answer, does not fill the host's memory", async () => {
    const { net } = setup();
    const platform = net.platform("host");
    const channels = watchChannels(platform);
    const code = await net.until(new Network({ platform }).host());
    const raw = await joinRaw(net, code, "raw");
    net.oneWay("host", "raw", { rate: 1000 });
    const batch = `[${Array(3000)
      .fill(json({ t: "p", ts: "x".repeat(60) }))
      .join()}]`;
    for (let i = 0; i < 22; i++) {
      raw.send(batch);
      await net.advance(10);
    }
    const reliable = channels.find(({ label }) => label === "data");
    expect(reliable?.bufferedAmount).toBeGreaterThan(0);
    expect(reliable?.bufferedAmount).toBeLessThan(4.5 * 1024 * 1024);
  });
});

test("a host cannot give a joiner more nodes than a roster may have", async () => {
  const { net, node } = setup();
  const joiner = node("joiner");
  const rosters = [MAX_ROSTER_LENGTH, 8].map((length, part) => {
    const nodes = Array.from({ length }, (_, index) => `node${part}x${index}`);
    return json({ t: "y", sys: "roster", nodes, n: part + 1 });
  });
  await hostRaw(net, "ABCDEF", (send) => rosters.forEach((roster) => send(roster)));
  await net.until(joiner.join("ABCDEF"));
  await net.advance(100);
  expect(joiner.nodes).toHaveLength(MAX_ROSTER_LENGTH);
  expect(joiner.status).toBe("connected");
});
