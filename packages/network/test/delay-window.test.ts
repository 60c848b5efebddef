import { describe, expect, test } from "vitest";
import { DelayWindow } from "../src/transport/delay-window.ts";
import type { Departure } from "../src/transport/delay-window.ts";
import { VirtualClock } from "../src/testing/virtual-clock.ts";

/** A way: bytes in a millisecond, and milliseconds there and back. */
interface Way {
  readonly rate: number;
  readonly roundTrip: number;
}

/** A fragment that arrived: when, how large it is, and how long it waited behind others. */
interface Arrival {
  readonly at: number;
  readonly bytes: number;
  readonly waited: number;
}

const MOST = 4 * 1024 * 1024;

/** Fragments as transfers make them, through one way of which the queue is without bound. */
class Bulk {
  readonly arrivals: Arrival[] = [];
  readonly #clock = new VirtualClock();
  readonly #window = new DelayWindow(MOST);
  readonly #way: (now: number) => Way;
  #departures: Departure[] = [];
  #inFlight = 0;
  #untold = 0;
  #freeAt = 0;
  #arrivedAt = 0;
  #told = 0;

  constructor(way: Way | ((now: number) => Way)) {
    this.#way = typeof way === "function" ? way : (): Way => way;
    this.#pump();
  }

  async run(ms: number): Promise<void> {
    await this.#clock.advance(ms, () => {});
  }

  /** The share of the way that was used, and the longest wait, between two times. */
  between(from: number, to: number): { share: number; wait: number } {
    const arrivals = this.arrivals.filter(({ at }) => at >= from && at < to);
    const bytes = arrivals.reduce((sum, each) => sum + each.bytes, 0);
    return {
      share: bytes / (to - from) / this.#way(from).rate,
      wait: Math.max(...arrivals.map(({ waited }) => waited)),
    };
  }

  #pump(): void {
    for (;;) {
      const size = Math.floor(Math.max(1024, Math.min(64 * 1024, this.#window.size / 4)));
      if (this.#isFull(size)) return;
      this.#send(size);
    }
  }

  #isFull(size: number): boolean {
    return this.#inFlight > 0 && this.#window.size - this.#inFlight < size / 2;
  }

  #send(size: number): void {
    const clock = this.#clock;
    const { rate, roundTrip } = this.#way(clock.now);
    const departure = this.#window.departs(size, clock.now);
    this.#departures.push(departure);
    this.#inFlight += size;
    this.#untold += size;
    const wants = this.#untold * 6 >= this.#window.size || this.#isFull(size);
    if (wants) this.#untold = 0;
    const waited = Math.max(0, this.#freeAt - clock.now);
    this.#freeAt = clock.now + waited + size / rate;
    this.#arrivedAt = Math.max(this.#arrivedAt, this.#freeAt + roundTrip / 2);
    clock.schedule(this.#arrivedAt - clock.now, () => {
      this.arrivals.push({ at: clock.now, bytes: size, waited });
      if (!wants) return;
      this.#told = Math.max(this.#told, clock.now + this.#way(clock.now).roundTrip / 2);
      clock.schedule(this.#told - clock.now, () => this.#receipt(departure));
    });
  }

  #receipt({ end }: Departure): void {
    // Clocks of browsers step.
    const now = Math.floor(this.#clock.now * 10) / 10;
    const count = this.#departures.findIndex((each) => each.end === end) + 1;
    for (const departure of this.#departures.splice(0, count)) {
      this.#inFlight -= departure.bytes;
      this.#window.arrived(departure, now, departure.end === end);
    }
    this.#pump();
  }
}

/** What may wait at the most: half a round trip; a little on short ones; and a few of the smallest fragments. */
const allowedWait = ({ rate, roundTrip }: Way): number => Math.max(roundTrip * 0.65, 16, 8500 / rate);

describe("on one and the same way", () => {
  test.each([100, 1000, 10_000, 50_000].flatMap((rate) => [1, 10, 50, 100].map((roundTrip) => ({ rate, roundTrip }))))(
    "[F32] of $rate bytes/ms and $roundTrip ms it is used, and small messages wait for half a round trip",
    async (way) => {
      const bulk = new Bulk(way);
      // A few packets of the fastest ways are enough.
      const end = way.rate > 1000 ? 4000 : 12_000;
      await bulk.run(end);
      const { share, wait } = bulk.between(2000, end);
      // More than 4 MiB are never on their way.
      expect(share).toBeGreaterThan(Math.min(0.9, (0.85 * MOST) / way.rate / way.roundTrip));
      expect(wait).toBeLessThan(allowedWait(way));
    },
  );

  test("[F32] it is found quickly, without a long queue at the start", async () => {
    for (const way of [
      { rate: 1000, roundTrip: 50 },
      { rate: 10_000, roundTrip: 20 },
    ]) {
      const bulk = new Bulk(way);
      await bulk.run(1000);
      expect(bulk.between(500, 1000).share).toBeGreaterThan(0.9);
      expect(bulk.between(0, 1000).wait).toBeLessThan(allowedWait(way));
    }
  });

  test("[F32] its round trip is measured again every 10 s, and that costs next to nothing", async () => {
    const way = { rate: 1000, roundTrip: 100 };
    const bulk = new Bulk(way);
    await bulk.run(35_000);
    expect(bulk.between(2000, 35_000).share).toBeGreaterThan(0.95);
    expect(bulk.between(2000, 35_000).wait).toBeLessThan(allowedWait(way));
  });
});

describe("when the way changes", () => {
  /** @returns what happens from `settled` ms after the change */
  async function change(before: Way, after: Way, settled: number): Promise<{ share: number; wait: number }> {
    const bulk = new Bulk((now) => (now < 3000 ? before : after));
    await bulk.run(3000 + settled + 2000);
    expect(bulk.between(2000, 3000).share).toBeGreaterThan(0.9);
    return bulk.between(3000 + settled, 5000 + settled);
  }

  test.each([
    ["to a tenth", { rate: 1000, roundTrip: 20 }, { rate: 100, roundTrip: 20 }, 1500],
    ["to ten times as much", { rate: 100, roundTrip: 20 }, { rate: 1000, roundTrip: 20 }, 1000],
    ["on a long way", { rate: 10_000, roundTrip: 100 }, { rate: 1000, roundTrip: 100 }, 5000],
    ["on a long way, to more", { rate: 1000, roundTrip: 100 }, { rate: 10_000, roundTrip: 100 }, 2000],
  ])("[F32] in what it carries, %s, the window follows", async (_name, before, after, settled) => {
    const { share, wait } = await change(before, after, settled);
    expect(share).toBeGreaterThan(0.9);
    expect(wait).toBeLessThan(allowedWait(after));
  });

  test.each([
    [10, 100, 3000],
    [20, 60, 2000],
    [2, 200, 6000],
  ])("[F32] from %i to %i ms, it is no queue, and the window grows", async (before, after, settled) => {
    const way = { rate: 2000, roundTrip: after };
    const { share, wait } = await change({ ...way, roundTrip: before }, way, settled);
    expect(share).toBeGreaterThan(0.9);
    expect(wait).toBeLessThan(allowedWait(way));
  });

  test("[F32] to a shorter one, what waits becomes less with the next measurement", async () => {
    const way = { rate: 1000, roundTrip: 5 };
    const { share, wait } = await change({ rate: 1000, roundTrip: 100 }, way, 14_000);
    expect(share).toBeGreaterThan(0.9);
    expect(wait).toBeLessThan(allowedWait({ ...way, roundTrip: 100 }) / 2);
  });

  test("[F32] to a standstill of 30 s, it goes on afterwards", async () => {
    const way = { rate: 1000, roundTrip: 20 };
    const stalled = { rate: 1000, roundTrip: 60_000 };
    const bulk = new Bulk((now) => (now > 3000 && now < 3020 ? stalled : way));
    await bulk.run(40_000);
    expect(bulk.between(36_000, 40_000).share).toBeGreaterThan(0.9);
  });
});

describe("bounds", () => {
  test("[F32] no more than the limit may be on its way, and never nothing", () => {
    const window = new DelayWindow(100_000);
    for (let now = 0; now < 1000; now++) {
      const departure = window.departs(window.size, now);
      window.arrived(departure, now);
      expect(window.size).toBeLessThanOrEqual(100_000);
    }
    expect(window.size).toBe(100_000);
    for (let now = 1000; now < 3_000_000; now += 30_000) {
      window.arrived(window.departs(window.size, now), now + 29_000);
      expect(window.size).toBeGreaterThanOrEqual(2048);
    }
  });

  test("[F32] who has little to send learns nothing of the way, and takes no more for it", () => {
    const window = new DelayWindow(MOST);
    const before = window.size;
    for (let now = 0; now < 100_000; now += 100) window.arrived(window.departs(100, now), now + 20);
    expect(window.size).toBe(before);
  });

  test("[F32] what was given up is on its way no more", () => {
    const window = new DelayWindow(MOST);
    window.departs(10_000, 0);
    window.isGivenUp(10_000);
    expect(window.departs(5000, 1).onWay).toBe(5000);
  });
});
