import { median } from "./statistics.mjs";

/**
 * One contender's row.
 * @typedef {object} Row
 * @property {string} contender
 * @property {number[]} rounds One value for each round, drawn as dots.
 * @property {number} value The median of the rounds.
 * @property {number | undefined} ratio To the floor: the median of the rounds' own ratios, so that what slows a whole round down
 *   falls out.
 * @property {Record<string, number>} more Further columns.
 *
 * What is promised, and whether it held.
 * @typedef {{ text: string, actual: number, isMet: boolean }} Goal
 *
 * @typedef {object} Result
 * @property {string} id
 * @property {string} title
 * @property {string} unit
 * @property {"less" | "more"} better
 * @property {string} method How it was measured, in a sentence or two.
 * @property {Row[]} rows
 * @property {Goal[]} goals
 * @property {number} [limit] A line in the plot.
 * @property {"median" | "mean"} [middle] What `value` is of the rounds; the median where nothing is said.
 * @property {string} [floor] What the ratios are to; `FLOOR` where nothing is said.
 * @property {import("./growth.mjs").Growth} [growth] How the rows grow with something; then `value` is that at the last step.
 */

/** The contender that everything is compared to. */
export const FLOOR = "bare";

/** This library. */
export const OURS = "clayground";

/**
 * Rows from each contender's rounds.
 * @param {Map<string, number[]>} rounds
 * @param {(contender: string) => Record<string, number>} [more]
 * @returns {Row[]}
 */
export function rowsOf(rounds, more = () => ({})) {
  const floor = rounds.get(FLOOR) ?? [];
  return [...rounds].map(([contender, values]) => {
    const ratio = median(values.map((value, round) => value / (floor[round] ?? Number.NaN)));
    return { contender, rounds: values, value: median(values), ratio, more: more(contender) };
  });
}

/**
 * A goal for the ratio of this library to the floor.
 * @param {Row[]} rows
 * @param {string} what
 * @param {"≤" | "≥"} sign
 * @param {number} limit
 * @returns {Goal}
 */
export function ratioGoal(rows, what, sign, limit) {
  const actual = rows.find(({ contender }) => contender === OURS)?.ratio ?? Number.NaN;
  return {
    text: `${what} ${sign} ${limit} × ${FLOOR}`,
    actual,
    isMet: sign === "≤" ? actual <= limit : actual >= limit,
  };
}

/**
 * A goal to be so many times above every other library.
 * @param {Row[]} rows
 * @param {string} what
 * @param {number} times
 * @returns {Goal}
 */
export function aboveOthersGoal(rows, what, times) {
  const ours = rows.find(({ contender }) => contender === OURS)?.rounds ?? [];
  const others = rows.filter(({ contender }) => contender !== OURS && contender !== FLOOR);
  // As with the floor: round by round.
  const actual = Math.min(
    ...others.map(({ rounds }) => median(ours.map((one, at) => one / (rounds[at] ?? Number.NaN)))),
  );
  return { text: `${what} ≥ ${times} × the best other library`, actual, isMet: actual >= times };
}
