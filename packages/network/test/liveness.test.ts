import { expect, test } from "vitest";
import { Liveness } from "../src/transport/liveness.ts";

/** Ticks from `from` to `to` every `step` ms; the times of pings, and of death. */
function watch(
  liveness: Liveness,
  from: number,
  to: number,
  step: number,
): { pings: number[]; dead: number | undefined } {
  const pings: number[] = [];
  for (let now = from; now <= to; now += step) {
    const verdict = liveness.tick(now);
    if (verdict === "ping") pings.push(now);
    if (verdict === "dead") return { pings, dead: now };
  }
  return { pings, dead: undefined };
}

test("[F8] pings at once and then every 2 s", () => {
  const liveness = new Liveness(0);
  const { pings } = watch(liveness, 0, 3900, 500);
  expect(pings).toEqual([0, 2000]);
});

test("[F8] 4 s of silence are a death", () => {
  expect(watch(new Liveness(0), 0, 10_000, 500).dead).toBe(4000);
});

test("whatever is heard starts the silence anew", () => {
  const liveness = new Liveness(0);
  watch(liveness, 0, 3500, 500);
  liveness.heard();
  expect(watch(liveness, 4000, 20_000, 500).dead).toBe(7500);
});

test("a page that sleeps for a minute does not blame the other side", () => {
  const liveness = new Liveness(0);
  liveness.tick(0);
  expect(liveness.tick(60_000)).toBe("ping");
  liveness.heard(); // the answer, read after the timer
  expect(liveness.tick(120_000)).toBe("ping");
});

test("but a page whose timers come once a second still finds a death within 5 s", () => {
  expect(watch(new Liveness(0), 0, 10_000, 1000).dead).toBe(4000);
});
