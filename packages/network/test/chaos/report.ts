import { runSchedule } from "./run.ts";
import type { Action, Schedule } from "./schedule.ts";
import { PROMISES } from "./violation.ts";
import type { Violation } from "./violation.ts";

/** Runs that may be spent on making a schedule smaller. */
const TRIES = 400;

/** What a person needs to understand a broken promise: the seed, the fewest actions that still break it, and what they led to. */
export async function report(schedule: Schedule, { promise, words, at }: Violation): Promise<string> {
  const small = await shrink(schedule, promise);
  const { violation = { words, at }, journal } = await runSchedule(small);
  const { seed, topology, link, maxNodes, autoRelay, areTalkative, endsCalm, isLarge } = small;
  return [
    `Broken: ${PROMISES[promise]}`,
    `Replay: CHAOS_SEED=${seed}${isLarge ? " CHAOS_LARGE=1" : ""} npx vitest run --project unit packages/network/test/chaos -t "a ${topology}"`,
    `At ${at} of all ${schedule.actions.length} actions: ${words}`,
    `At ${violation.at} of these ${small.actions.length} actions: ${violation.words}`,
    JSON.stringify({ link, maxNodes, autoRelay, areTalkative, endsCalm }),
    ...small.actions.map(describeAction),
    "What was seen:",
    ...journal,
  ].join("\n");
}

/** Leaves out all that is not needed to break the same promise. */
async function shrink(schedule: Schedule, promise: Violation["promise"]): Promise<Schedule> {
  let { actions } = schedule;
  let tries = TRIES;
  const breaks = async (fewer: readonly Action[]): Promise<boolean> =>
    tries-- > 0 && (await runSchedule({ ...schedule, actions: fewer })).violation?.promise === promise;
  for (let size = actions.length >> 1; size > 0; size >>= 1) {
    for (let i = 0; i < actions.length;) {
      const fewer = actions.filter((_, index) => index < i || index >= i + size);
      if (await breaks(fewer)) actions = fewer;
      else i += size;
    }
  }
  return { ...schedule, actions };
}

function describeAction({ at, ...deed }: Action): string {
  return `  ${at}: ${Object.values(deed)
    .map((value) => (typeof value === "object" ? JSON.stringify(value) : String(value)))
    .join(" ")}`;
}
