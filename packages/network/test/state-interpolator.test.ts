import { describe, expect, test } from "vitest";
import { StateInterpolator } from "../src/index.ts";

/** An interpolator on a clock that the test sets. */
function setup(options = {}): {
  clock: { now: number };
  shown: StateInterpolator<{ x: number; angle: number; name?: string }>;
} {
  const clock = { now: 0 };
  return {
    clock,
    shown: new StateInterpolator({ delayMs: 100, now: () => clock.now, angleKeys: ["angle"], ...options }),
  };
}

test("shows nothing before the first update, and the first one at once", () => {
  const { shown } = setup();
  expect(shown.active).toBe(false);
  expect(shown.value).toBeUndefined();
  shown.push({ x: 5, angle: 0 });
  expect(shown.active).toBe(true);
  expect(shown.value).toEqual({ x: 5, angle: 0 });
});

test("shows the moment delayMs ago, between the two updates around it", () => {
  const { clock, shown } = setup();
  shown.push({ x: 0, angle: 0, name: "a" }, 0);
  shown.push({ x: 10, angle: 1, name: "b" }, 50);
  clock.now = 125; // 25 ms on the shown clock: half way
  expect(shown.value).toEqual({ x: 5, angle: 0.5, name: "a" });
  clock.now = 150;
  expect(shown.value).toEqual({ x: 10, angle: 1, name: "b" });
});

test("goes on for maxExtrapolationMs when updates stop, and stands still then", () => {
  const { clock, shown } = setup({ maxExtrapolationMs: 50 });
  shown.push({ x: 0, angle: 0 }, 0);
  shown.push({ x: 10, angle: 0 }, 50);
  clock.now = 100 + 75;
  expect(shown.value?.x).toBeCloseTo(15);
  clock.now = 100 + 1000;
  expect(shown.value?.x).toBeCloseTo(20);
});

describe("angles", () => {
  test("turn over the shortest arc, across the seam", () => {
    const { clock, shown } = setup();
    shown.push({ x: 0, angle: Math.PI - 0.1 }, 0);
    shown.push({ x: 0, angle: -Math.PI + 0.1 }, 100);
    clock.now = 150;
    expect(shown.value?.angle).toBeCloseTo(Math.PI);
  });

  test("may be degrees", () => {
    const { clock, shown } = setup({ fullTurn: 360 });
    shown.push({ x: 0, angle: 350 }, 0);
    shown.push({ x: 0, angle: 10 }, 100);
    clock.now = 150;
    expect(shown.value?.angle).toBeCloseTo(360);
  });
});

test("an update older than the newest is ignored, one of the same moment replaces it", () => {
  const { clock, shown } = setup();
  shown.push({ x: 1, angle: 0 }, 100);
  shown.push({ x: 2, angle: 0 }, 50);
  shown.push({ x: 3, angle: 0 }, 100);
  clock.now = 500;
  expect(shown.value?.x).toBe(3);
});

test("reset forgets, and updated tells of each update until it is undone", () => {
  const { shown } = setup();
  let told = 0;
  const undo = shown.updated(() => told++);
  shown.push({ x: 1, angle: 0 }, 1);
  shown.reset();
  expect(shown.active).toBe(false);
  undo();
  shown.push({ x: 1, angle: 0 }, 2);
  expect(told).toBe(1);
});

test("keeps its memory small however long updates come", () => {
  const { clock, shown } = setup();
  for (let i = 0; i < 10_000; i++) shown.push({ x: i, angle: 0 }, i);
  clock.now = 10_000;
  expect(shown.value?.x).toBeGreaterThan(9_800);
});
