import type { Packet } from "@clayground/protocol";
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { StateLane } from "../src/transport/state-lane.ts";
import { platformOf, read, tick } from "./lane-packets.ts";

/** Two lanes, one that says something 60 times a second, over a way of so many bytes in a millisecond. */
class Way {
  readonly ages: { readonly at: number; readonly age: number }[] = [];
  /** Milliseconds one way. */
  delay: number;
  rate: number;
  readonly clock = new VirtualClock();
  readonly #near: StateLane;
  readonly #far: StateLane;
  #freeAt = 0;

  constructor(rate: number, delay: number, loss: () => boolean = () => false) {
    [this.rate, this.delay] = [rate, delay];
    const platform = platformOf(this.clock);
    const stats = { bytesSent: 0, stateSent: 0, stateSkipped: 0 };
    const carry = (packet: Packet, wait: number): boolean => {
      const { pace, states } = read(packet);
      if (loss()) return true;
      this.clock.schedule(wait + this.delay, () => {
        for (const [, data] of states)
          this.ages.push({ at: this.clock.now, age: this.clock.now - (data as { at: number }).at });
        (states.length > 0 ? this.#far : this.#near).paced(pace!);
      });
      return true;
    };
    const near = (packet: Packet): boolean => {
      this.#freeAt = Math.max(this.#freeAt, this.clock.now) + (packet.text.length + 60) / this.rate;
      return carry(packet, this.#freeAt - this.clock.now);
    };
    this.#near = new StateLane({ platform, isPaced: true, stats, send: near });
    this.#far = new StateLane({ platform, isPaced: true, stats, send: (packet) => carry(packet, 0) });
  }

  async show(seconds: number): Promise<void> {
    for (let i = 0; i < 60 * seconds; i++) {
      const text = JSON.stringify([{ at: this.clock.now, pad: "x".repeat(140) }]);
      this.#near.offer("", { head: ',"t":"s","c":1', text });
      await tick(this.clock, 1000 / 60);
    }
  }

  /** Of those that came after `from`. */
  most(from = 0): number {
    return Math.max(...this.ages.filter(({ at }) => at >= from).map(({ age }) => age));
  }

  countSince(from: number): number {
    return this.ages.filter(({ at }) => at >= from).length;
  }
}

describe("60 updates a second of 200 bytes", () => {
  test("[F29] over 100 kbit/s no more leave than arrive: they are as fresh after two minutes as at the start", async () => {
    const way = new Way(12.5, 20);
    await way.show(120);
    expect(way.most()).toBeLessThan(200);
    // The way takes 44 a second.
    expect(way.countSince(0)).toBeGreaterThan(120 * 38);
  });

  test("[F29] on a fast way all of them arrive, at once", async () => {
    const way = new Way(1000, 20);
    await way.show(60);
    expect(way.most(1000)).toBeLessThan(22);
    expect(way.countSince(0)).toBeGreaterThan(60 * 60 - 5);
  });

  test("[F29] a way that becomes longer, slower and fast again is followed", async () => {
    const way = new Way(1000, 10);
    await way.show(5);
    way.delay = 150;
    await way.show(25);
    let now = way.clock.now;
    await way.show(5);
    expect(way.most(now)).toBeLessThan(180);
    expect(way.countSince(now)).toBeGreaterThan(5 * 55);
    [way.delay, way.rate] = [20, 6.25];
    await way.show(15);
    now = way.clock.now;
    await way.show(20);
    expect(way.most(now)).toBeLessThan(250);
    way.rate = 1000;
    await way.show(15);
    now = way.clock.now;
    await way.show(5);
    expect(way.most(now)).toBeLessThan(50);
    expect(way.countSince(now)).toBeGreaterThan(5 * 55);
  });

  test("[F29] loss is no queue: what is not lost arrives, and no more is held back", async () => {
    let state = 5;
    const loss = (): boolean => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32 < 0.2;
    const way = new Way(1000, 50, loss);
    await way.show(60);
    expect(way.most()).toBeLessThan(80);
    expect(way.countSince(0)).toBeGreaterThan(60 * 60 * 0.8 * 0.93);
  });
});
