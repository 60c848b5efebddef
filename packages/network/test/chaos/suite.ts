import { describe, expect, test } from "vitest";
import { drawSchedule } from "./schedule.ts";
import { runSchedule } from "./run.ts";
import { report } from "./report.ts";

// Random schedules of what can happen to a network, in memory and in virtual time: nodes join (also at the same moment, and into a
// full network), leave, are killed; links are cut for short and for long, in one direction and in both, lose, delay, reorder and
// double; the signaling server goes down and comes back; all the time all say something to all, to one, and show states. After
// every schedule, and all through it, the promises of violation.ts must hold; reasons.ts says what explains an end.
//
// A schedule follows from its seed alone. One that breaks a promise is made as small as possible, and printed with its seed:
//
//   CHAOS_SEED=123 npx vitest run --project unit packages/network/test/chaos       the same seed again, mesh and star
//   CHAOS_RUNS=20000 npx vitest run --project unit packages/network/test/chaos     a long hunt: so many of each topology
//   CHAOS_FROM=50000                                                               from this seed on
//   CHAOS_LARGE=1                                                                  5 to 7 nodes for 20 to 60 s each

/** Seeds in one test: progress shows, and a test takes a second or two. */
const AT_ONCE = 100;

/**
 * Tests that so many random schedules of a topology break no promise.
 *
 * @param share which of the seeds, as `[first, step]`
 */
export function chaos(
  topology: "star" | "mesh",
  seeds: number,
  [first, step]: readonly [number, number] = [0, 1],
): void {
  const only = process.env["CHAOS_SEED"];
  const runs = Number(process.env["CHAOS_RUNS"] ?? seeds);
  const from = Number(process.env["CHAOS_FROM"] ?? 0);
  const all = only === undefined ? Array.from({ length: runs }, (_, i) => from + i) : [Number(only)];
  const mine = all.filter((seed) => seed % step === first);
  const parts = Array.from({ length: Math.ceil(mine.length / AT_ONCE) }, (_, i) =>
    mine.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );
  // A file without a test would be an error, and a seed belongs to one of them.
  describe.each([topology])("a %s keeps its promises", () => {
    test.each(parts.length > 0 ? parts.map((part) => [titleOf(part), part] as const) : [["no seed", []] as const])(
      "under %s",
      { timeout: 120_000 },
      async (_title, part) => {
        for (const seed of part) {
          const schedule = drawSchedule(topology, seed, process.env["CHAOS_LARGE"] === "1");
          const { violation } = await runSchedule(schedule);
          if (violation) expect.fail(await report(schedule, violation));
        }
      },
    );
  });
}

function titleOf(seeds: readonly number[]): string {
  return seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds[0]} to ${seeds.at(-1)}`;
}
