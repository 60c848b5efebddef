import type { Packet } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { PACKET_SIZE, StateLane } from "../src/transport/state-lane.ts";
import { platformOf, read, tick } from "./lane-packets.ts";

/** A lane whose packets are kept. */
class Lane {
  readonly clock = new VirtualClock();
  readonly packets: Packet[] = [];
  readonly stats = { bytesSent: 0, stateSent: 0, stateSkipped: 0 };
  readonly lane: StateLane;
  hasRoom = true;

  constructor(isPaced = true) {
    const send = (packet: Packet): boolean => this.hasRoom && this.packets.push(packet) > 0;
    this.lane = new StateLane({ platform: platformOf(this.clock), isPaced, stats: this.stats, send });
  }

  offer(key: string, data: unknown, bytes?: Uint8Array): void {
    const table = bytes && [[[], "Uint8Array", bytes.length]];
    const head = `,"t":"s","k":"${key}","c":1${bytes ? `,"b":${bytes.length}` : ""}`;
    this.lane.offer(key, { head, text: JSON.stringify(bytes ? [null, table] : [data]), bytes });
  }

  get states(): [string | undefined, unknown][] {
    return this.packets.flatMap((packet) => read(packet).states);
  }

  wait(ms = 0): Promise<void> {
    return tick(this.clock, ms);
  }
}

describe("updates that did not leave yet", () => {
  test("[F28] are replaced by newer ones of their origin and key, which take their turn", async () => {
    const lane = new Lane();
    for (let i = 0; i < 3; i++) for (const key of ["a", "b", "c"]) lane.offer(key, i);
    lane.offer("b", 9);
    await lane.wait();
    expect(lane.states).toEqual([
      ["a", 2],
      ["b", 9],
      ["c", 2],
    ]);
    expect(lane.stats).toMatchObject({ stateSent: 3, stateSkipped: 7 });
    expect(lane.lane.backlog).toBe(0);
  });

  test("[F28] wait while the path takes nothing, and only the newest of each is left then", async () => {
    const lane = new Lane();
    lane.hasRoom = false;
    for (let i = 0; i < 1000; i++) {
      for (const key of ["a", "b"]) lane.offer(key, i);
      await lane.wait(1);
      expect(lane.lane.backlog).toBeLessThan(200);
    }
    expect(lane.packets).toEqual([]);
    lane.hasRoom = true;
    lane.lane.pump();
    expect(lane.states).toEqual([
      ["a", 999],
      ["b", 999],
    ]);
  });

  test("[F28] leave in the order in which they began to wait, so that no key is shut out", async () => {
    const lane = new Lane();
    const long = "x".repeat(700);
    const counts = new Map<string | undefined, number>();
    let heard = 0;
    for (let i = 0; i < 400; i++) {
      // The first ones are told more often than a slow way can take them.
      for (const key of ["a", "a", "b", "c", "d"]) lane.offer(key, long);
      await lane.wait(5);
      if (i % 4 === 3) lane.lane.heard(Math.min(++heard, lane.packets.length));
    }
    for (const [key] of lane.states) counts.set(key, (counts.get(key) ?? 0) + 1);
    const each = [...counts.values()];
    expect(each).toHaveLength(4);
    expect(Math.min(...each)).toBeGreaterThan(Math.max(...each) * 0.6);
    expect(lane.packets.length).toBeLessThan(200);
  });

  test("are forgotten when the lane stops, and no timer is left", async () => {
    const lane = new Lane();
    lane.hasRoom = false;
    lane.offer("a", 1);
    lane.lane.came(1);
    await lane.wait();
    lane.lane.stop();
    lane.hasRoom = true;
    await lane.wait(10_000);
    expect(lane.packets).toEqual([]);
    expect(lane.lane.backlog).toBe(0);
  });
});

describe("packets", () => {
  test("[F29] are numbered from 1, and tell what came", async () => {
    const lane = new Lane();
    lane.offer("a", 1);
    await lane.wait();
    lane.lane.came(7);
    lane.offer("a", 2);
    await lane.wait();
    expect(lane.packets.map((packet) => read(packet).pace)).toMatchObject([{ i: 1 }, { i: 2, e: 7 }]);
    expect(read(lane.packets[0]!).pace).not.toHaveProperty("e");
  });

  test("[F29] of more than one update have at most 1,100 bytes; a larger update goes by itself", async () => {
    const lane = new Lane();
    const sizes = [10, 300, 600, 900, 3000, 20, 1000, 1000, 5];
    for (const [i, size] of sizes.entries()) lane.offer(String(i), "x".repeat(size));
    await lane.wait();
    for (let e = 1; lane.states.length < sizes.length; e++) lane.lane.heard(e);
    const shared = lane.packets.filter((packet) => read(packet).states.length > 1);
    expect(shared.length).toBeGreaterThan(0);
    for (const { text } of shared) expect(text.length).toBeLessThan(PACKET_SIZE + 100);
    expect(lane.states.map(([, data]) => (data as string).length)).toEqual(sizes);
    expect(lane.packets.length).toBeLessThan(sizes.length);
  });

  test("[F29] of bytes go alone", async () => {
    const lane = new Lane();
    lane.offer("a", 1);
    lane.offer("b", null, Uint8Array.of(1, 2));
    lane.offer("c", 3);
    await lane.wait();
    expect(lane.packets.map((packet) => read(packet).states)).toEqual([
      [["a", 1]],
      [["b", Uint8Array.of(1, 2)]],
      [["c", 3]],
    ]);
  });

  test("[F5] to existing apps are single frames without numbers, as many as are said", async () => {
    const lane = new Lane(false);
    for (let i = 0; i < 50; i++) {
      lane.offer("a", i);
      lane.offer("b", i);
      await lane.wait(1);
    }
    expect(lane.packets).toHaveLength(100);
    expect(lane.packets.every((packet) => read(packet).pace === undefined)).toBe(true);
  });
});

describe("what came from the other side", () => {
  test("[F29] is told after 4 packets", async () => {
    const lane = new Lane();
    for (let i = 1; i <= 9; i++) lane.lane.came(i);
    expect(lane.packets.map((packet) => read(packet).pace)).toEqual([
      expect.objectContaining({ t: "e", e: 4 }),
      expect.objectContaining({ t: "e", e: 8 }),
    ]);
    await lane.wait(39);
    expect(lane.packets).toHaveLength(2);
  });

  test("[F29] is told after 40 ms, by itself and without a number", async () => {
    const lane = new Lane();
    lane.lane.came(1);
    await lane.wait(20);
    lane.lane.came(2);
    await lane.wait(19);
    expect(lane.packets).toEqual([]);
    await lane.wait(1);
    expect(lane.packets).toEqual([{ text: '{"t":"e","e":2}' }]);
    await lane.wait(1000);
    expect(lane.packets).toHaveLength(1);
  });

  test("[F29] goes with an update that leaves before that, and is not told twice", async () => {
    const lane = new Lane();
    for (const i of [1, 2, 3]) lane.lane.came(i);
    lane.offer("a", 1);
    await lane.wait(100);
    expect(lane.packets).toHaveLength(1);
    expect(read(lane.packets[0]!).pace).toMatchObject({ i: 1, e: 3 });
  });

  test("[F29] is the newest, whatever the order", () => {
    const lane = new Lane();
    for (const i of [3, 1, 2, 2]) lane.lane.came(i);
    expect(read(lane.packets[0]!).pace).toMatchObject({ e: 3 });
  });
});

describe("pace", () => {
  test("[F29] before the first word of the other side few packets leave, and then one every 250 ms", async () => {
    const lane = new Lane();
    const left: number[] = [];
    for (let ms = 0; ms < 2000; ms += 5) {
      lane.offer("a", ms);
      await lane.wait(5);
      left.push(lane.packets.length);
    }
    const first = left[30]!;
    expect(first).toBeLessThanOrEqual(8);
    expect(lane.packets.length - first).toBeGreaterThanOrEqual(7);
    expect(lane.packets.length - first).toBeLessThanOrEqual(8);
    // They are fresh, though.
    expect(2000 - (lane.states.at(-1)![1] as number)).toBeLessThanOrEqual(255);
  });

  test("[F29] words of what was never sent, or of old packets, release nothing more", async () => {
    const lane = new Lane();
    for (let ms = 0; ms < 200; ms += 5) {
      lane.offer("a", ms);
      await lane.wait(5);
    }
    const before = lane.packets.length;
    for (const e of [0, -1, Number.NaN]) lane.lane.heard(e);
    expect(lane.packets).toHaveLength(before);
    lane.lane.heard(2 ** 53 - 1);
    lane.offer("a", 1);
    await lane.wait();
    expect(lane.packets.length).toBeGreaterThan(before);
  });

  test("[F29] on another path, what was not heard of holds nothing up", async () => {
    const lane = new Lane();
    for (let ms = 0; ms < 200; ms += 5) {
      lane.offer("a", ms);
      await lane.wait(5);
    }
    const before = lane.packets.length;
    lane.lane.restart();
    lane.offer("a", "new");
    await lane.wait();
    expect(lane.packets.length).toBeGreaterThan(before);
    expect(lane.states.at(-1)).toEqual(["a", "new"]);
  });
});
