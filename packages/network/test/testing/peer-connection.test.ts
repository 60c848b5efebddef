import { describe, expect, test } from "vitest";
import type { IceCandidate, PlatformPeerConnection } from "../../src/platform/platform.ts";
import { MemoryNetwork } from "../../src/testing/index.ts";
import { connectedPair, negotiate } from "./pair.ts";

/** Two machines with a peer connection each, not yet negotiated. */
function unconnected(): { net: MemoryNetwork; a: PlatformPeerConnection; b: PlatformPeerConnection } {
  const net = new MemoryNetwork();
  const [a, b] = ["a", "b"].map((name) => net.platform(name).createPeerConnection({ iceServers: [] }));
  return { net, a: a!, b: b! };
}

const nameOf = (call: () => void): string => {
  try {
    call();
  } catch (error) {
    return (error as Error).name;
  }
  return "no error";
};

const rejectionOf = async (net: MemoryNetwork, promise: Promise<unknown>): Promise<string> => {
  const outcome = promise.then(
    () => "no error",
    (error: unknown) => (error as Error).name,
  );
  return net.until(outcome);
};

const HOST_CANDIDATE = { candidate: "candidate:1 1 UDP 2122317823 198.18.0.9 50000 typ host", sdpMid: "0" };

describe("negotiation, as W3C has it", () => {
  test("fails with W3C's errors when it is out of turn", async () => {
    const { net, a, b } = unconnected();
    a.createDataChannel("data");
    expect(await rejectionOf(net, b.createAnswer())).toBe("InvalidStateError");
    expect(await rejectionOf(net, b.addIceCandidate(HOST_CANDIDATE))).toBe("InvalidStateError");
    expect(await rejectionOf(net, b.addIceCandidate({ candidate: HOST_CANDIDATE.candidate }))).toBe("TypeError");
    expect(await rejectionOf(net, a.setLocalDescription({ type: "offer", sdp: "v=0" }))).toBe(
      "InvalidModificationError",
    );
    const offer = await net.until(a.createOffer());
    expect(await rejectionOf(net, a.setRemoteDescription({ type: "answer", sdp: offer.sdp }))).toBe(
      "InvalidStateError",
    );
    expect(await rejectionOf(net, b.setRemoteDescription({ type: "offer", sdp: "garbage" }))).toBe("OperationError");
    await net.until(b.setRemoteDescription(offer));
    expect(await rejectionOf(net, b.addIceCandidate({ ...HOST_CANDIDATE, candidate: "garbage" }))).toBe(
      "OperationError",
    );
    expect(await rejectionOf(net, b.addIceCandidate({ candidate: "" }))).toBe("no error");
    expect(await rejectionOf(net, b.setRemoteDescription(offer))).toBe("InvalidStateError");
  });

  test("gathers a candidate, then says that there are no more", async () => {
    const { net, a } = unconnected();
    a.createDataChannel("data");
    const candidates: (IceCandidate | null)[] = [];
    a.onicecandidate = ({ candidate }) => candidates.push(candidate);
    await net.until(a.createOffer().then((offer) => a.setLocalDescription(offer)));
    expect(candidates).toEqual([]);
    await net.advance(10);
    expect(candidates).toEqual([
      expect.objectContaining({ candidate: expect.stringMatching(/^candidate:.* typ host$/) }),
      null,
    ]);
  });

  test("without any candidate nothing connects; one that leads nowhere fails after 30 s", async () => {
    const { net, a, b } = unconnected();
    a.createDataChannel("data");
    await net.until(negotiate(a, b, { trickle: false }));
    await net.advance(60_000);
    expect([a.connectionState, b.connectionState]).toEqual(["new", "new"]);
    await net.until(a.addIceCandidate(HOST_CANDIDATE));
    await net.advance(1);
    expect(a.connectionState).toBe("connecting");
    await net.advance(30_000);
    expect([a.connectionState, b.connectionState]).toEqual(["failed", "new"]);
  });

  test("a promise that is under way when the connection is closed never settles, a later one rejects", async () => {
    const { net, a } = unconnected();
    a.createDataChannel("data");
    let isSettled = false;
    const settle = (): void => void (isSettled = true);
    a.createOffer().then(settle, settle);
    a.close();
    await net.advance(1000);
    expect(isSettled).toBe(false);
    expect(await rejectionOf(net, a.createOffer())).toBe("InvalidStateError");
  });
});

describe("a data channel, as W3C has it", () => {
  test("throws W3C's errors for what cannot be sent", async () => {
    const { net, a } = unconnected();
    const connecting = a.createDataChannel("data");
    expect(nameOf(() => connecting.send("x"))).toBe("InvalidStateError");
    const { net: other, reliable, pc } = await connectedPair();
    expect(nameOf(() => reliable.a.send(new Uint8Array(262_145)))).toBe("TypeError");
    expect(nameOf(() => reliable.a.send("ü".repeat(131_073)))).toBe("TypeError");
    other.link("a", "b", { cut: true });
    expect(nameOf(() => Array.from({ length: 70 }, () => reliable.a.send(new Uint8Array(262_144))))).toBe(
      "OperationError",
    );
    reliable.a.close();
    expect(nameOf(() => reliable.a.send("x"))).toBe("InvalidStateError");
    pc.b.close();
    expect(nameOf(() => reliable.b.send("x"))).toBe("InvalidStateError");
    a.close();
    expect(nameOf(() => a.createDataChannel("late"))).toBe("InvalidStateError");
    expect(net.open()).toMatchObject({ peerConnections: 1, channels: 0 });
  });

  test("is open in the datachannel event, gets its open event after it, and what was sent early after that", async () => {
    const { net, a, b } = unconnected();
    const channel = a.createDataChannel("data");
    channel.onopen = () => channel.send("at once");
    const log: string[] = [];
    b.ondatachannel = ({ channel: incoming }) => {
      log.push(`datachannel ${incoming.readyState}`);
      incoming.onopen = () => log.push("open");
      incoming.onmessage = ({ data }) => log.push(data as string);
    };
    await net.until(negotiate(a, b));
    await net.advance(100);
    expect(log).toEqual(["datachannel open", "open", "at once"]);
  });

  test("can be made when the connection is up, and by the answerer too", async () => {
    const { net, pc } = await connectedPair();
    const incoming: string[] = [];
    pc.a.ondatachannel = ({ channel }) => incoming.push(`a: ${channel.label}`);
    pc.b.ondatachannel = ({ channel }) => incoming.push(`b: ${channel.label}`);
    pc.a.createDataChannel("one");
    pc.b.createDataChannel("two");
    pc.a.createDataChannel("three");
    await net.advance(100);
    expect([...incoming].sort()).toEqual(["a: two", "b: one", "b: three"]);
  });

  test("delivers what waits before it closes", async () => {
    const { net, reliable } = await connectedPair();
    net.link("a", "b", { rate: 10_000, loss: 0.2, delay: 30 });
    const log: unknown[] = [];
    reliable.b.onmessage = ({ data }) => log.push(data);
    reliable.b.onclose = () => log.push("closed");
    for (let i = 0; i < 50; i++) reliable.a.send(String(i).padEnd(1000));
    reliable.a.close();
    await net.advance(60_000);
    expect(log).toHaveLength(51);
    expect(log.at(-1)).toBe("closed");
    expect(reliable.a.readyState).toBe("closed");
  });

  test("is closed without events by its own connection, with error and close event by the other's", async () => {
    const { net, pc, reliable } = await connectedPair();
    const log: string[] = [];
    pc.a.onconnectionstatechange = () => log.push(`a ${pc.a.connectionState}`);
    pc.b.onconnectionstatechange = () => log.push(`b ${pc.b.connectionState} after ${net.now - start}`);
    for (const end of ["a", "b"] as const) {
      reliable[end].onerror = () => log.push(`${end} error`);
      reliable[end].onclose = () => log.push(`${end} close`);
    }
    const start = net.now;
    pc.a.close();
    await net.advance(60_000);
    expect(log).toEqual(["b error", "b close", "b disconnected after 5000", "b failed after 30000"]);
  });

  test("hands on lone surrogates as W3C's USVString does, and a byte order mark as it is", async () => {
    const { net, reliable } = await connectedPair();
    const received: unknown[] = [];
    reliable.b.onmessage = ({ data }) => received.push(data);
    reliable.a.send("\ud800!");
    reliable.a.send("\ufeffx");
    await net.advance(10);
    expect(received).toEqual(["\ufffd!", "\ufeffx"]);
  });
});

test("the time until connected is a few round trips, and loss adds seconds", async () => {
  const { net } = await connectedPair({ link: { delay: 50 } });
  expect(net.now).toBeGreaterThan(400);
  expect(net.now).toBeLessThan(700);
  const times = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, seed) => (await connectedPair({ seed, link: { delay: 50, loss: 0.2 } })).net.now,
    ),
  );
  expect(Math.max(...times)).toBeGreaterThan(2000);
});
