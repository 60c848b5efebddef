import { describe, expect, test } from "vitest";
import { ARENA, MAX_CLAIMS, RADIUS, TICK_MS, TOP_SPEED } from "../public/rules.js";
import { World } from "../world.js";

const STEP = (TOP_SPEED * TICK_MS) / 1000;

/** A world with one player, who has been there for a second. */
function start(): { world: World; x: number; y: number } {
  const world = new World();
  world.enter("a", 0);
  const { x, y } = world.truth.players[0]!;
  expect(world.judge("a", { x, y, corrections: 0 }, 1000)).toEqual({ kind: "accepted" });
  return { world, x, y };
}

describe("an honest player", () => {
  test("walks at top speed for as long as it likes", () => {
    const { world, x, y } = start();
    for (let i = 1; i <= 20; i++) {
      expect(world.judge("a", { x: x + i * STEP, y, corrections: 0 }, 1000 + i * TICK_MS).kind).toBe("accepted");
    }
    expect(world.truth.players[0]!.x).toBeCloseTo(x + 20 * STEP, 1);
  });

  test("may come in bunches, or with gaps", () => {
    const { world, x, y } = start();
    const arrivals = [50, 50, 51, 200, 201, 201, 330];
    for (const [i, at] of arrivals.entries()) {
      expect(world.judge("a", { x: x + (i + 1) * STEP, y, corrections: 0 }, 1000 + at).kind).toBe("accepted");
    }
  });
});

describe("a cheater is rejected and told where it really is", () => {
  test.each([
    ["teleports", { dx: 500, dy: 0 }, /Too fast: 500 units/],
    ["leaves the arena", { dx: 0, dy: -1000 }, /outside/],
    ["is nowhere", { dx: Number.NaN, dy: 0 }, /not a move/],
  ])("who %s", (_, { dx, dy }, reason) => {
    const { world, x, y } = start();
    const verdict = world.judge("a", { x: x + dx, y: y + dy, corrections: 0 }, 1050);
    expect(verdict).toEqual({
      kind: "rejected",
      reason: expect.stringMatching(reason) as string,
      x,
      y,
      corrections: 1,
    });
    expect(world.truth.players[0]).toMatchObject({ x, y });
  });

  test.each([[null], ["x"], [[1, 2]], [{}], [{ x: "1", y: 2, corrections: 0 }]])("who sends %o", (data) => {
    const { world } = start();
    expect(world.judge("a", data, 1050)).toMatchObject({ kind: "rejected", reason: "That is not a move." });
  });

  test("who runs five times as fast", () => {
    const { world, x, y } = start();
    const kinds = Array.from({ length: 10 }, (_, i) => {
      return world.judge("a", { x: x + (i + 1) * 5 * STEP, y, corrections: 0 }, 1050 + i * TICK_MS).kind;
    });
    expect(kinds).toContain("rejected");
    expect(world.truth.players[0]!.x - x).toBeLessThan(0.9 * TOP_SPEED);
  });

  test("who floods, though not for each single claim", () => {
    const { world, x, y } = start();
    const kinds = Array.from({ length: 200 }, (_, i) => world.judge("a", { x, y, corrections: 99 }, 1000 + i * 5).kind);
    expect(kinds.filter((kind) => kind === "accepted").length).toBeLessThan(2 * MAX_CLAIMS);
    const rejected = kinds.filter((kind) => kind === "rejected").length;
    expect(rejected).toBeGreaterThan(0);
    expect(rejected).toBeLessThan(6);
  });

  test("once: what was on its way before it knew is passed over, and then it plays on", () => {
    const { world, x, y } = start();
    world.judge("a", { x: x + 500, y, corrections: 0 }, 1050);
    expect(world.judge("a", { x: x + 516, y, corrections: 0 }, 1100)).toEqual({ kind: "ignored" });
    expect(world.judge("a", { x: x + STEP, y, corrections: 1 }, 1150)).toEqual({ kind: "accepted" });
  });
});

describe("the world", () => {
  test("has a place inside the arena for each of seven players, and gives a free one to the next", () => {
    const world = new World();
    for (const id of ["a", "b", "c", "d", "e", "f", "g"]) world.enter(id, 0);
    world.leave("c");
    world.enter("h", 0);
    const { players } = world.truth;
    expect(players.map(({ place }) => place).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const { x, y } of players) {
      expect(x).toBeGreaterThanOrEqual(RADIUS);
      expect(x).toBeLessThanOrEqual(ARENA.width - RADIUS);
      expect(y).toBeGreaterThanOrEqual(RADIUS);
      expect(y).toBeLessThanOrEqual(ARENA.height - RADIUS);
    }
  });

  test("ignores who is not in it", () => {
    expect(new World().judge("stranger", { x: 100, y: 100, corrections: 0 }, 0)).toEqual({ kind: "ignored" });
  });
});
