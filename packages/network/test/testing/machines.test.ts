import { describe, expect, test } from "vitest";
import { MemoryNetwork } from "../../src/testing/index.ts";
import { connect, connectedPair } from "./pair.ts";

const NOTHING_OPEN = { sockets: 0, peerConnections: 0, channels: 0, timers: 0 };

/** A client of the signaling server that notes what it hears. */
function dial(net: MemoryNetwork, name: string, id: string, token = "t"): string[] {
  const platform = net.platform(name);
  const socket = platform.createWebSocket(`${net.signalingUrl}?key=peerjs&id=${id}&token=${token}`);
  const log: string[] = [];
  socket.onopen = () => log.push("open");
  socket.onmessage = ({ data }) => log.push(String(data));
  socket.onerror = () => log.push("error");
  socket.onclose = ({ code }) => log.push(`close ${code}`);
  return log;
}

describe("virtual time", () => {
  test("moves only when told to, and runs timers in order with all promises that follow from each", async () => {
    const net = new MemoryNetwork();
    const log: string[] = [];
    const platform = net.platform();
    platform.setTimeout(() => log.push(`second at ${net.now}`), 20);
    platform.setTimeout(() => {
      void (async () => {
        // Deeper than any library awaits: still all of it comes before the next timer.
        for (let i = 0; i < 5000; i++) await Promise.resolve();
        log.push(`first at ${net.now}`);
      })();
    }, 10);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([net.now, log]).toEqual([0, []]);
    await net.advance(15);
    expect([net.now, log]).toEqual([15, ["first at 10"]]);
    await net.advance(15);
    expect(log).toEqual(["first at 10", "second at 20"]);
  });

  test("until() stops as soon as the promise is settled, and hands on what it came to", async () => {
    const net = new MemoryNetwork();
    const platform = net.platform();
    const after = (ms: number): Promise<string> =>
      new Promise((resolve) => platform.setTimeout(() => resolve(`${ms}`), ms));
    expect(await net.until(after(300))).toBe("300");
    expect(net.now).toBe(300);
    await expect(net.until(after(10).then(() => Promise.reject(new Error("no"))))).rejects.toThrow("no");
  });

  test("until() says when the limit is passed and when nothing is left to happen", async () => {
    const net = new MemoryNetwork();
    net.platform().setTimeout(() => {}, 70_000);
    await expect(net.until(new Promise(() => {}))).rejects.toThrow("not within 60000 ms");
    await expect(net.until(new Promise(() => {}))).rejects.toThrow("nothing is left to happen");
  });

  test("a listener that throws fails the test that moves time on", async () => {
    const { net, reliable } = await connectedPair();
    reliable.b.onmessage = () => {
      throw new Error("expected 1, got 2");
    };
    reliable.a.send("x");
    await expect(net.advance(100)).rejects.toThrow("expected 1, got 2");
    net.platform("c").reportError(new Error("from the library"));
    await expect(net.advance(1)).rejects.toThrow("from the library");
  });

  test("the timers of a hidden tab fire once a second, until it is shown again", async () => {
    const net = new MemoryNetwork();
    const platform = net.platform("tab");
    const fired: number[] = [];
    const tick = (): void => {
      fired.push(net.now);
      platform.setTimeout(tick, 300);
    };
    tick();
    net.throttleTimers("tab", 1000);
    await net.advance(3500);
    expect(fired).toEqual([0, 1000, 2000, 3000]);
    net.throttleTimers("tab", 0);
    await net.advance(1000);
    expect(fired.slice(4)).toEqual([4000, 4300]);
  });
});

describe("the same seed", () => {
  test("gives the same bytes to a machine, whatever other machines there are", () => {
    const alone = new MemoryNetwork({ seed: 3 }).platform("b").randomBytes(8);
    const net = new MemoryNetwork({ seed: 3 });
    const other = net.platform("a").randomBytes(8);
    expect(net.platform("b").randomBytes(8)).toEqual(alone);
    expect(other).not.toEqual(alone);
  });
});

describe("a machine that is killed", () => {
  test("is silent for its peers, broken for the server, and none of its own code runs any more", async () => {
    const pair = await connectedPair({ link: { delay: 20 } });
    const { net, pc, reliable, lossy } = pair;
    const signaling = dial(net, "c", "C");
    const events: unknown[] = [];
    for (const [name, channel] of Object.entries({ reliable: reliable.b, lossy: lossy.b })) {
      channel.onclose = () => events.push(`${name} closed`);
      channel.onmessage = ({ data }) => events.push(data);
    }
    pc.b.onconnectionstatechange = () => events.push(`${pc.b.connectionState} at ${net.now - killedAt}`);
    pc.a.onconnectionstatechange = reliable.a.onmessage = () => events.push("the dead one moved");
    await net.advance(100);
    expect(net.signaling.clients).toEqual(["C"]);

    const killedAt = net.now;
    reliable.a.send("already on its way");
    net.kill("a");
    net.kill("c");
    reliable.a.send("too late");
    reliable.b.send("to nobody");
    expect(net.signaling.clients).toEqual([]);
    expect(signaling).toEqual(["open", '{"type":"OPEN"}']);
    await net.advance(100_000);
    expect(events).toEqual(["already on its way", "disconnected at 5000", "failed at 30000"]);
    expect(net.open("a")).toEqual(NOTHING_OPEN);
    pc.b.close();
    expect(net.open()).toEqual(NOTHING_OPEN);
  });

  test("leaves nothing behind that keeps the network busy for ever", async () => {
    const { net, pc, reliable } = await connectedPair();
    net.kill("a");
    for (let i = 0; i < 20; i++) reliable.b.send(new Uint8Array(100_000));
    expect(reliable.b.bufferedAmount).toBe(2_000_000);
    await net.advance(1000);
    expect(reliable.b.bufferedAmount).toBeGreaterThan(1_500_000);
    pc.b.close();
    await net.advance(60_000);
    await expect(net.until(new Promise(() => {}))).rejects.toThrow("nothing is left to happen");
  });

  test("can start again under its name, as another program", async () => {
    const net = new MemoryNetwork();
    const first = net.platform("phone");
    const bytes = first.randomBytes(8);
    expect(() => net.platform("phone")).toThrow('There is a machine "phone" already');
    net.kill("phone");
    const second = net.platform("phone");
    expect(second.randomBytes(8)).not.toEqual(bytes);
    await connect(net, second, net.platform("laptop"));
    let isFired = false;
    first.setTimeout(() => (isFired = true), 1);
    await net.advance(10);
    expect(isFired).toBe(false);
  });
});

describe("a program that ends", () => {
  test("runs its exit callbacks first, and what they send still goes out", async () => {
    const net = new MemoryNetwork();
    const a = net.platform("a");
    const { reliable } = await connect(net, a, net.platform("b"));
    const heard: unknown[] = [];
    reliable.b.onmessage = ({ data }) => heard.push(data);
    a.onExit(() => reliable.a.send("bye"));
    a.onExit(() => reliable.a.send("not this"))();
    net.exit("a");
    await net.advance(100);
    expect(heard).toEqual(["bye"]);
  });
});

describe("what is open", () => {
  test("is counted for each machine and in all, and falls to nothing", async () => {
    const pair = await connectedPair();
    const { net } = pair;
    expect(net.open("a")).toEqual({ sockets: 0, peerConnections: 1, channels: 2, timers: 0 });
    const c = net.platform("c");
    const timer = c.setTimeout(() => {}, 1000);
    c.setTimeout(() => {}, 10);
    const socket = c.createWebSocket(`${net.signalingUrl}?key=peerjs&id=C&token=t`);
    expect(net.open()).toEqual({ sockets: 1, peerConnections: 2, channels: 4, timers: 2 });
    await net.advance(20);
    c.clearTimeout(timer);
    socket.close();
    pair.reliable.b.close();
    await net.advance(20);
    expect(net.open()).toEqual({ sockets: 0, peerConnections: 2, channels: 2, timers: 0 });
    pair.pc.a.close();
    await net.advance(20);
    expect(net.open("b")).toEqual({ sockets: 0, peerConnections: 1, channels: 0, timers: 0 });
    pair.pc.b.close();
    expect(net.open()).toEqual(NOTHING_OPEN);
  });
});

describe("the signaling server", () => {
  test("goes down with 1006 and an empty memory, refuses, and takes everybody again", async () => {
    const net = new MemoryNetwork();
    const alice = dial(net, "a", "A");
    await net.advance(100);
    net.signaling.stop("certificate");
    const refused = dial(net, "b", "B");
    await net.advance(100);
    expect(alice).toEqual(["open", '{"type":"OPEN"}', "close 1006"]);
    expect(refused).toEqual(["error", "close 1006"]);
    expect(net.signaling.clients).toEqual([]);
    const { explainSocketFailure } = await net.until(net.platform("c").loadHttp());
    expect(await net.until(explainSocketFailure(net.signalingUrl, undefined))).toBe("certificate");
    net.signaling.start();
    const again = dial(net, "a2", "A", "another token");
    await net.advance(100);
    expect(again).toEqual(["open", '{"type":"OPEN"}']);
  });

  test("shows every frame, and sends whatever it is told to", async () => {
    const net = new MemoryNetwork();
    const frames: string[] = [];
    net.signaling.onFrame = ({ direction, id, text }) => frames.push(`${direction} ${id} ${text}`);
    const alice = dial(net, "a", "A");
    await net.advance(100);
    net.signaling.inject("A", "garbage");
    await net.advance(100);
    expect(frames).toEqual(['out A {"type":"OPEN"}', "out A garbage"]);
    expect(alice.at(-1)).toBe("garbage");
    expect(() => net.signaling.inject("B", "x")).toThrow("No client B");
  });

  test("drops a client without a heartbeat, and keeps one that has", async () => {
    const net = new MemoryNetwork({ signaling: { aliveTimeout: 3000 } });
    const silent = dial(net, "a", "A");
    const socket = net.platform("b").createWebSocket(`${net.signalingUrl}?key=peerjs&id=B&token=t`);
    await net.advance(100);
    for (let i = 0; i < 5; i++) {
      socket.send('{"type":"HEARTBEAT"}');
      await net.advance(1000);
    }
    expect(net.signaling.clients).toEqual(["B"]);
    expect(silent.at(-1)).toBe("close 1005");
  });

  test("behind a cut link is neither reached nor lost", async () => {
    const net = new MemoryNetwork();
    const alice = dial(net, "a", "A");
    net.link("b", "signaling", { cut: true });
    const bob = dial(net, "b", "B");
    await net.advance(10_000);
    net.link("a", "signaling", { cut: true });
    net.signaling.inject("A", "held back");
    await net.advance(5000);
    expect([alice, bob]).toEqual([["open", '{"type":"OPEN"}'], []]);
    net.link("a", "signaling", { cut: false });
    net.link("b", "signaling", { cut: false });
    await net.advance(10_000);
    expect([alice.at(-1), bob]).toEqual(["held back", ["open", '{"type":"OPEN"}']]);
  });

  test("keeps a message for who comes in time", async () => {
    const net = new MemoryNetwork({ signaling: { expireAfter: 1000 } });
    const socket = net.platform("a").createWebSocket(`${net.signalingUrl}?key=peerjs&id=A&token=t`);
    await net.advance(10);
    socket.send('{"type":"OFFER","dst":"B","payload":1}');
    await net.advance(500);
    const bob = dial(net, "b", "B");
    await net.advance(5000);
    expect(bob).toEqual(["open", '{"type":"OPEN"}', '{"type":"OFFER","dst":"B","payload":1,"src":"A"}']);
  });
});
