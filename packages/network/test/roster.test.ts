import { describe, expect, test } from "vitest";
import { membersOf, NEW_ROSTER, reduceRoster } from "../src/session/roster.ts";
import type { Roster, RosterEffect, RosterEvent } from "../src/session/roster.ts";

/** Plays events, and returns the roster and all effects. */
function play(...events: RosterEvent[]): { roster: Roster; effects: RosterEffect[] } {
  let roster = NEW_ROSTER;
  const effects: RosterEffect[] = [];
  for (const event of events) {
    const [next, more] = reduceRoster(roster, event);
    roster = next;
    effects.push(...more);
  }
  return { roster, effects };
}

const knocked =
  (maxNodes: number) =>
  (id: string): RosterEvent => ({ type: "knocked", id, maxNodes });
const opened = (id: string): RosterEvent => ({ type: "opened", id });
const gone = (id: string): RosterEvent => ({ type: "gone", id });

describe("seats", () => {
  test("are taken from the knock on: seven at once into four let three in", () => {
    const { roster, effects } = play(..."abcdefg".split("").map(knocked(4)));
    expect(effects.filter((effect) => effect.type === "admit").map((effect) => effect.id)).toEqual(["a", "b", "c"]);
    expect(effects.filter((effect) => effect.type === "refuse").map((effect) => effect.id)).toEqual([
      "d",
      "e",
      "f",
      "g",
    ]);
    expect(membersOf(roster)).toEqual([]);
  });

  test("are free again when a node goes, also one that never came in", () => {
    const { effects } = play(knocked(2)("a"), gone("a"), knocked(2)("b"), opened("b"), gone("b"), knocked(2)("c"));
    expect(effects.map((effect) => `${effect.type} ${effect.id}`)).toEqual([
      "admit a",
      "admit b",
      "joined b",
      "left b",
      "admit c",
    ]);
  });

  test("a node that knocks again while it connects starts anew in its seat", () => {
    const { roster, effects } = play(knocked(2)("a"), knocked(2)("a"), opened("a"));
    expect(effects.map((effect) => `${effect.type} ${effect.id}`)).toEqual(["admit a", "admit a", "joined a"]);
    expect(membersOf(roster)).toEqual(["a"]);
  });

  test("an offer in the name of a node that is in changes nothing", () => {
    const { roster, effects } = play(knocked(3)("a"), opened("a"), knocked(3)("a"));
    expect(effects.map((effect) => `${effect.type} ${effect.id}`)).toEqual(["admit a", "joined a"]);
    expect(membersOf(roster)).toEqual(["a"]);
  });

  test("a smaller network lets nobody else in, and throws nobody out", () => {
    const { roster, effects } = play(knocked(4)("a"), opened("a"), knocked(4)("b"), opened("b"), knocked(2)("c"));
    expect(membersOf(roster)).toEqual(["a", "b"]);
    expect(effects.at(-1)).toEqual({ type: "refuse", id: "c", reason: "network-full" });
  });
});

test("order is the order of coming in, not of knocking", () => {
  const { roster, effects } = play(knocked(8)("a"), knocked(8)("b"), opened("b"), opened("a"));
  expect(membersOf(roster)).toEqual(["b", "a"]);
  expect(effects.at(-1)).toEqual({ type: "joined", id: "a", others: ["b"] });
});

test("whatever happens: never too many, joined and left take turns, and all heard of agree with the roster", () => {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let roster = NEW_ROSTER;
  const isIn = new Set<string>();
  for (let step = 0; step < 20_000; step++) {
    const id = "abcdefgh"[random(8)]!;
    const [next, effects] = reduceRoster(roster, [knocked(4), opened, gone][random(3)]!(id));
    roster = next;
    for (const effect of effects) {
      if (effect.type === "joined") {
        expect(isIn.has(effect.id)).toBe(false);
        isIn.add(effect.id);
      }
      if (effect.type === "left") expect(isIn.delete(effect.id)).toBe(true);
    }
    expect(roster.seats.length).toBeLessThanOrEqual(3);
    expect(new Set(membersOf(roster))).toEqual(isIn);
  }
});
