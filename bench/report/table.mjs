import { formatGoal, formatNumber, formatRatio } from "./numbers.mjs";
import { FLOOR } from "./result.mjs";

/** @typedef {import("./result.mjs").Result} Result */

/**
 * A result's cells, the head first.
 * @param {Result} result
 * @returns {string[][]}
 */
function cells({ rows, unit, growth, middle = "median", floor = FLOOR }) {
  const further = Object.keys(rows[0]?.more ?? {});
  const hasMiddle = rows.some(({ rounds }) => rounds.length > 1);
  const hasRatio = rows.some(({ ratio }) => ratio !== undefined);
  const last = growth?.labels?.at(-1) ?? growth?.steps.at(-1);
  const what = growth ? `${unit} at ${last} ${growth.labels ? "" : growth.of}`.trimEnd() : unit;
  const head = ["", `${hasMiddle ? `${middle} ` : ""}${what}`, ...further, ...(hasRatio ? [`to ${floor}`] : [])];
  const body = rows.map(({ contender, value, ratio, more }) => [
    contender,
    formatNumber(value),
    ...further.map((name) => formatNumber(more[name] ?? Number.NaN)),
    ...(hasRatio ? [formatRatio(ratio)] : []),
  ]);
  return [head, ...body];
}

/**
 * For the terminal.
 * @param {Result} result
 */
export function plainTable(result) {
  const table = cells(result);
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  return [result.title, ...lines, ...result.goals.map(formatGoal)].join("\n  ");
}

/**
 * For a document.
 * @param {Result} result
 */
export function markdownTable(result) {
  const [head = [], ...body] = cells(result);
  const line = (/** @type {string[]} */ row) => `| ${row.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...body.map(line)].join("\n");
}
