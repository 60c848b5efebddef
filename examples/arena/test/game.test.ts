import { describe, expect, test } from "vitest";
import { ARENA, PLAYER_RADIUS, ROCKS, dash, spawn, step } from "../game.js";

const FRAME = 1 / 60;
const EAST = { x: 1, y: 0 };
const NOWHERE = { x: 0, y: 0 };

type Body = ReturnType<typeof spawn>;

function walk(body: Body, wish: { x: number; y: number }, seconds: number): Body {
  let now = body;
  for (let frame = 0; frame < seconds / FRAME; frame++) now = step(now, wish, FRAME);
  return now;
}

function at(x: number, y: number): Body {
  return { ...spawn(0), x, y };
}

function insideArena({ x, y }: Body): boolean {
  const room = PLAYER_RADIUS;
  return x >= room && x <= ARENA.width - room && y >= room && y <= ARENA.height - room;
}

function outOfRocks({ x, y }: Body): boolean {
  return ROCKS.every((rock) => Math.hypot(x - rock.x, y - rock.y) >= rock.r + PLAYER_RADIUS - 1e-6);
}

describe("a player", () => {
  test("starts in a free place, eight of them without touching", () => {
    const places = Array.from({ length: 8 }, (_, i) => spawn(i));
    expect(places.every((place) => insideArena(place) && outOfRocks(place))).toBe(true);
    for (const [i, a] of places.entries()) {
      for (const b of places.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(2 * PLAYER_RADIUS);
    }
  });

  test("walks where it wants to go and looks there", () => {
    const body = walk(at(800, 500), EAST, 0.5);
    expect(body.x).toBeGreaterThan(900);
    expect(body.y).toBeCloseTo(500);
    expect(body.angle).toBe(0);
  });

  test("comes to rest and keeps looking where it went", () => {
    const body = walk(walk(at(800, 500), { x: 0, y: 1 }, 0.3), NOWHERE, 2);
    expect(Math.hypot(body.vx, body.vy)).toBeLessThan(0.01);
    expect(body.angle).toBeCloseTo(Math.PI / 2);
  });

  test("is not faster with a wish that is too long", () => {
    expect(walk(at(800, 500), { x: 50, y: 0 }, 0.5)).toEqual(walk(at(800, 500), EAST, 0.5));
  });

  test.each([
    ["walls", { x: 1, y: 1 }],
    ["walls", { x: -1, y: -0.2 }],
    ["walls", { x: 0.1, y: -1 }],
  ])("never leaves the %s, going %o", (_, wish) => {
    const body = walk(at(800, 500), wish, 8);
    expect(insideArena(body)).toBe(true);
    expect(outOfRocks(body)).toBe(true);
  });

  test("slides around a rock instead of sticking to it", () => {
    const rock = ROCKS[0]!;
    const body = walk(at(rock.x - 200, rock.y - 40), EAST, 2);
    expect(outOfRocks(body)).toBe(true);
    expect(body.x).toBeGreaterThan(rock.x);
  });

  test("gets out of a rock, even from its very middle", () => {
    const rock = ROCKS[1]!;
    expect(outOfRocks(step(at(rock.x, rock.y), NOWHERE, FRAME))).toBe(true);
  });

  test("does not jump after a long pause", () => {
    const running = walk(at(300, 500), EAST, 0.5);
    expect(step(running, EAST, 60).x - running.x).toBeLessThan(20);
  });
});

describe("a dash", () => {
  test("goes where the player looks, and is over soon", () => {
    const started = dash(at(800, 500));
    expect(started).toBeDefined();
    const body = walk(started!, NOWHERE, 1);
    const direction = Math.atan2(body.y - 500, body.x - 800);
    expect(Math.cos(direction - started!.angle)).toBeCloseTo(1);
    expect(Math.hypot(body.vx, body.vy)).toBeLessThan(1);
  });

  test("has to cool down", () => {
    const once = dash(at(800, 500))!;
    expect(dash(once)).toBeUndefined();
    expect(dash(walk(once, NOWHERE, 0.5))).toBeUndefined();
    expect(dash(walk(once, NOWHERE, 1))).toBeDefined();
  });
});
