import { median } from "./statistics.mjs";

/**
 * A line of a plot: its rounds at each step.
 * @typedef {object} Line
 * @property {string} name
 * @property {"ours" | "floor" | "other"} kind Its color.
 * @property {boolean} isDashed
 * @property {number[][]} rounds For each step; empty where nothing is measured.
 *
 * @typedef {object} Growth
 * @property {string} of What the steps count, as `nodes`.
 * @property {number[]} steps
 * @property {string[]} [labels] Of the steps, which are at even distances then, whatever lies between.
 * @property {Line[]} lines
 */

/**
 * A row for each line: its last step, the steps before as further columns, and the ratio to the floor at the last.
 * @param {Growth} growth
 * @param {string} floor The name of a line; without that line there are no ratios.
 * @param {(samples: readonly number[]) => number} [middle]
 * @returns {import("./result.mjs").Row[]}
 */
export function growthRows({ steps, labels, lines }, floor, middle = median) {
  const lowest = lines.find(({ name }) => name === floor)?.rounds.at(-1);
  return lines.map(({ name, rounds }) => {
    const last = rounds.at(-1) ?? [];
    /** @type {Record<string, number>} */
    const more = {};
    for (const [index, step] of steps.slice(0, -1).entries())
      more[`at ${labels?.[index] ?? step}`] = middle(rounds[index] ?? []);
    const ratio = lowest && median(last.map((value, round) => value / (lowest[round] ?? Number.NaN)));
    return { contender: name, rounds: last, value: middle(last), ratio, more };
  });
}
