import type { PlatformPeerConnection } from "@clayground/network";
import { afterEach, describe, expect, test } from "vitest";
import { createNodePlatform } from "../src/index.ts";
import { NodePeerConnection } from "../src/node-peer-connection.ts";
import { connect, negotiate, opened } from "./connect.ts";
import { PlainPeer } from "./plain-peer.ts";

const CANDIDATE = { candidate: "candidate:1 1 UDP 2114977791 127.0.0.1 9 typ host", sdpMid: "0" };

const made: { close(): void }[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.close();
});

function closeLater<T extends { close(): void }>(closeable: T): T {
  made.push(closeable);
  return closeable;
}

function connection(): PlatformPeerConnection {
  return closeLater(createNodePlatform({ bindAddress: "127.0.0.1" }).createPeerConnection({ iceServers: [] }));
}

/** An offer that was made and set. */
async function offer(from: PlatformPeerConnection): Promise<{ type: "offer"; sdp: string }> {
  from.createDataChannel("data");
  const { sdp } = await from.createOffer();
  await from.setLocalDescription({ type: "offer", sdp });
  return { type: "offer", sdp };
}

const asBrowsers = (sdp: string): string => sdp.replace("o=rtc", "o=-");

describe("who is the DTLS server, and who is connected first", () => {
  test("a browser's offer is answered passively: a browser says hello again after 50 ms, OpenSSL after a second", async () => {
    const b = connection();
    await b.setRemoteDescription({ type: "offer", sdp: asBrowsers((await offer(connection())).sdp) });
    expect((await b.createAnswer()).sdp).toContain("a=setup:passive\r\n");
  });

  test("libdatachannel's offer is answered actively, and every offer leaves the choice to the other side", async () => {
    const b = connection();
    const { type, sdp } = await offer(connection());
    await b.setRemoteDescription({ type, sdp });
    expect(sdp).toContain("a=setup:actpass\r\n");
    expect((await b.createAnswer()).sdp).toContain("a=setup:active\r\n");
  });

  test("an offerer keeps its host candidates until the answer, when a browser answers", async () => {
    const [a, b] = [connection(), connection()];
    const log: string[] = [];
    const found = new Promise<void>((resolve) => {
      a.onicecandidate = () => {
        log.push("candidate");
        resolve();
      };
    });
    const own = await offer(a);
    await b.setRemoteDescription(own);
    const { sdp } = await b.createAnswer();
    await new Promise<void>((resolve) => {
      b.onicecandidate = () => resolve();
      void b.setLocalDescription({ type: "answer", sdp });
    });
    log.push("answer");
    await a.setRemoteDescription({ type: "answer", sdp: asBrowsers(sdp) });
    await found;
    expect(log).toEqual(["answer", "candidate"]);
  });

  test("it connects to existing apps, which get its first candidate when ICE is through", async () => {
    for (let round = 0; round < 10; round++) {
      const [a, app] = [connection(), closeLater(new PlainPeer())];
      const channel = a.createDataChannel("data");
      const log: string[] = [];
      app.onsignal = (signal) => {
        if ("sdp" in signal) void a.setRemoteDescription({ type: "answer", sdp: signal.sdp });
        else void a.addIceCandidate({ candidate: signal.candidate }).then(() => log.push("theirs"));
      };
      a.onicecandidate = ({ candidate }) => {
        log.push("ours");
        app.take({ candidate: candidate?.candidate ?? "" });
      };
      const own = await a.createOffer();
      await a.setLocalDescription(own);
      app.take(own);
      await opened(channel);
      expect(log.slice(0, 2)).toEqual(["theirs", "ours"]);
      a.close();
    }
  });

  test("existing apps connect to it", async () => {
    for (let round = 0; round < 10; round++) {
      const [app, b] = [closeLater(new PlainPeer()), connection()];
      b.onicecandidate = ({ candidate }) => app.take({ candidate: candidate?.candidate ?? "" });
      const isOpen = new Promise<void>((resolve) => (app.onopen = resolve));
      b.ondatachannel = () => {};
      app.onsignal = async (signal) => {
        if (!("sdp" in signal)) return b.addIceCandidate(signal);
        await b.setRemoteDescription(signal);
        const answer = await b.createAnswer();
        await b.setLocalDescription(answer);
        app.take(answer);
      };
      app.offer();
      await isOpen;
      b.close();
    }
  });
});

describe("a connection", () => {
  test("tells how large a message the other side takes, once connected", async () => {
    const [a, b] = [connection(), connection()];
    expect(a.sctp).toBeNull();
    await connect(a, b);
    expect([a.sctp, b.sctp]).toEqual([{ maxMessageSize: 262_144 }, { maxMessageSize: 262_144 }]);
  });

  test("keeps to a smaller limit of the other side", async () => {
    const [a, b] = [connection(), connection()];
    b.ondatachannel = () => {};
    const channel = a.createDataChannel("data");
    await negotiate(a, b, (sdp) => sdp.replace("size:262144", "size:1000"));
    await opened(channel);
    expect(a.sctp).toEqual({ maxMessageSize: 1000 });
    channel.send("x".repeat(1000));
    expect(() => channel.send("x".repeat(1001))).toThrow(/size/);
    expect(channel.readyState).toBe("open");
  });

  test("has W3C's statistics of its candidate pair while connected, and none before and after", async () => {
    const [a, b] = [connection(), connection()];
    const records = async (): Promise<Record<string, unknown>[]> => {
      const all: Record<string, unknown>[] = [];
      (await a.getStats()).forEach((record) => all.push(record));
      return all;
    };
    expect(await records()).toEqual([]);
    await connect(a, b);
    const all = await records();
    const pair = all.find(({ type }) => type === "candidate-pair");
    expect(all.map(({ type }) => type)).toEqual(["transport", "candidate-pair", "local-candidate", "remote-candidate"]);
    expect(all[0]?.["selectedCandidatePairId"]).toBe(pair?.["id"]);
    expect(pair).toMatchObject({ state: "succeeded", nominated: true });
    expect(all.find(({ id }) => id === pair?.["remoteCandidateId"])).toMatchObject({
      protocol: "udp",
      address: "127.0.0.1",
    });
    a.close();
    expect(await records()).toEqual([]);
  });

  test("takes no description out of turn", async () => {
    const [a, b, c] = [connection(), connection(), connection()];
    await expect(c.createOffer()).rejects.toThrow("Make a data channel first.");
    await expect(c.createAnswer()).rejects.toThrow("Set the remote description first.");
    await expect(c.setLocalDescription({ type: "offer", sdp: "" })).rejects.toThrow("Make a data channel first.");
    const own = await offer(a);
    await expect(c.setRemoteDescription({ type: "answer", sdp: own.sdp })).rejects.toThrow("cannot take an answer now");
    await expect(a.setRemoteDescription(own)).rejects.toThrow("cannot take an offer now");
    await b.setRemoteDescription(own);
    await expect(b.setRemoteDescription(own)).rejects.toThrow("cannot take an offer now");
    await expect(b.createOffer()).rejects.toThrow("Make a data channel first.");
  });

  test("rejects candidates that come early or are none, and passes over those of no use", async () => {
    const b = connection();
    await expect(b.addIceCandidate(CANDIDATE)).rejects.toThrow("before the remote description");
    await b.setRemoteDescription(await offer(connection()));
    await expect(b.addIceCandidate({ candidate: "garbage" })).rejects.toThrow("Not an ICE candidate.");
    const useless = [
      "",
      "candidate:1 1 TCP 1 192.0.2.1 9 typ host",
      "candidate:1 1 UDP 1 intranet.example 5000 typ host",
    ];
    for (const candidate of useless) await b.addIceCandidate({ candidate });
    for (let i = 0; i < 1000; i++)
      await b.addIceCandidate({ candidate: `candidate:${i} 1 UDP 1 127.0.0.1 ${1000 + i} typ host` });
  });

  test("hands the candidates inside a description on", async () => {
    const [a, b] = [connection(), connection()];
    const channel = a.createDataChannel("data");
    b.ondatachannel = () => {};
    const lines: string[] = [];
    const found = new Promise<void>((resolve) => {
      b.onicecandidate = ({ candidate }) => {
        lines.push(`a=${candidate?.candidate}\r\n`);
        resolve();
      };
    });
    const own = await a.createOffer();
    await a.setLocalDescription(own);
    await b.setRemoteDescription(own);
    const { sdp } = await b.createAnswer();
    await b.setLocalDescription({ type: "answer", sdp });
    await found;
    await a.setRemoteDescription({ type: "answer", sdp: sdp + lines.join("") });
    await opened(channel);
  });

  test("closes what is opened beyond 16 channels, and what nobody takes", async () => {
    const [a, b] = [connection(), connection()];
    await connect(a, b);
    let taken = 0;
    b.ondatachannel = () => taken++;
    const closed: Promise<void>[] = [];
    for (let i = 0; i < 15; i++) await opened(a.createDataChannel(`more ${i}`));
    for (let i = 0; i < 3; i++) {
      const channel = a.createDataChannel(`too many ${i}`);
      closed.push(new Promise((resolve) => (channel.onclose = resolve)));
    }
    await Promise.all(closed);
    expect(taken).toBe(15);
  });
});

describe("the end of a connection", () => {
  test("by the other side: first its channels close, then it has failed; nothing comes after close()", async () => {
    const [a, b] = [connection(), connection()];
    const { far } = await connect(a, b);
    const log: string[] = [];
    far.onmessage = ({ data }) => log.push(String(data));
    far.onclose = () => log.push("close");
    const failed = new Promise<void>((resolve) => {
      b.onconnectionstatechange = () => {
        log.push(b.connectionState);
        resolve();
      };
    });
    a.close();
    await failed;
    b.close();
    expect(b.connectionState).toBe("closed");
    expect(log).toEqual(["close", "failed"]);
  });

  test("by close(): nothing can be sent, and no event comes, also none that was on its way", async () => {
    const [a, b] = [connection(), connection()];
    const { near, far } = await connect(a, b);
    let events = 0;
    near.onclose = near.onmessage = near.onbufferedamountlow = a.onconnectionstatechange = () => events++;
    for (let i = 0; i < 100; i++) far.send(`message ${i}`);
    const closed = new Promise<void>((resolve) => (far.onclose = resolve));
    a.close();
    a.close();
    expect([near.readyState, near.bufferedAmount]).toEqual(["closed", 0]);
    expect(() => near.send("late")).toThrow("The data channel is closed, not open.");
    await expect(a.addIceCandidate(CANDIDATE)).rejects.toThrow("closed");
    await expect(a.setRemoteDescription({ type: "offer", sdp: "" })).rejects.toThrow("closed");
    await closed;
    expect(events).toBe(0);
  });
});

test("whatever a handler throws is reported, and everything goes on", async () => {
  const reported: unknown[] = [];
  const report = (error: unknown): void => void reported.push(error);
  const make = (): NodePeerConnection =>
    closeLater(new NodePeerConnection({ iceServers: [], bindAddress: "127.0.0.1", report }));
  const [a, b] = [make(), make()];
  const { near, far } = await connect(a, b);
  const boom = (): never => {
    throw new Error("boom");
  };
  far.onmessage = boom;
  near.send("one");
  await expect.poll(() => reported.length).toBe(1);
  const second = new Promise((resolve) => (far.onmessage = ({ data }) => resolve(data)));
  near.send("two");
  expect(await second).toBe("two");
  far.onclose = b.onconnectionstatechange = boom;
  a.close();
  await expect.poll(() => reported).toEqual([new Error("boom"), new Error("boom"), new Error("boom")]);
});
