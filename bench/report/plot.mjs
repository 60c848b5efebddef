import { formatNumber, formatRatio } from "./numbers.mjs";
import { FLOOR, OURS } from "./result.mjs";
import { quantile } from "./statistics.mjs";
import { escape, head, niceEnd, round, tickLabel, WIDTH } from "./svg.mjs";

/** @typedef {import("./result.mjs").Result} Result */

const ROW = 30;
const LEFT = 176;
const RIGHT = 130;
const TOP = 44;
const BOTTOM = 34;

/**
 * A row for each contender: a dot for each round, a line at the median. What lies outside stands at the edge.
 * @param {Result} result
 */
export function plot(result) {
  const { rows, limit } = result;
  const end = niceEnd(Math.max(...rows.map(({ rounds }) => quantile(rounds, 0.95) * 1.05), (limit ?? 0) * 1.05));
  const height = TOP + rows.length * ROW + BOTTOM;
  const x = (/** @type {number} */ value) => round(LEFT + (Math.min(value, end) / end) * (WIDTH - LEFT - RIGHT));
  const parts = [head(result, height)];
  for (let tick = 0; tick <= 4; tick++) {
    const value = (end * tick) / 4;
    parts.push(`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${TOP - 8}" y2="${height - BOTTOM + 4}"/>`);
    parts.push(
      `<text class="axis" text-anchor="middle" x="${x(value)}" y="${height - BOTTOM + 20}">${tickLabel(value)}</text>`,
    );
  }
  if (limit)
    parts.push(`<line class="limit" x1="${x(limit)}" x2="${x(limit)}" y1="${TOP - 8}" y2="${height - BOTTOM + 4}"/>`);
  rows.forEach((row, index) => parts.push(...drawRow(row, TOP + index * ROW + ROW / 2, x)));
  return `${parts.join("\n")}\n</svg>\n`;
}

/**
 * @param {import("./result.mjs").Row} row
 * @param {number} y
 * @param {(value: number) => number} x
 */
function drawRow({ contender, rounds, value, ratio }, y, x) {
  const kind = contender === OURS ? "ours" : contender === FLOOR ? "floor" : "other";
  const dots = rounds.map((one, index) => {
    const jitter = rounds.length > 1 ? ((index * 7) % 13) - 6 : 0;
    return `<circle cx="${x(one)}" cy="${y + jitter}" r="3.5"/>`;
  });
  return [
    `<text x="8" y="${y + 4}">${escape(contender)}</text>`,
    `<g class="${kind}">${dots.join("")}<line x1="${x(value)}" x2="${x(value)}" y1="${y - 10}" y2="${y + 10}" stroke-width="3"/></g>`,
    `<text class="number" x="${WIDTH - RIGHT + 70}" y="${y + 4}">${formatNumber(value)}</text>`,
    `<text class="number" x="${WIDTH - 8}" y="${y + 4}">${formatRatio(ratio)}</text>`,
  ];
}
