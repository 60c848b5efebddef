import { formatNumber, formatRatio } from "./numbers.mjs";
import { FLOOR, OURS } from "./result.mjs";
import { quantile } from "./statistics.mjs";

/** @typedef {import("./result.mjs").Result} Result */

const WIDTH = 760;
const ROW = 30;
const LEFT = 176;
const RIGHT = 130;
const TOP = 44;
const BOTTOM = 34;

/** Colors that can be read on white and on black; a page's `<img>` follows the reader's scheme too. */
export const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .number { text-anchor: end; font-variant-numeric: tabular-nums }
  .axis { fill: #59636e; font-size: 11px }
  .grid { stroke: #d1d9e0 }
  .limit { stroke: #cf222e; stroke-dasharray: 4 3 }
  .other { fill: #6e7781; stroke: #6e7781 }
  .floor { fill: #1f2328; stroke: #1f2328 }
  .ours { fill: #0969da; stroke: #0969da }
  circle { fill-opacity: .45; stroke: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .number { text-anchor: end; font-variant-numeric: tabular-nums }
  .axis { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .limit { stroke: #f85149 }
    .other { fill: #9198a1; stroke: #9198a1 }
    .floor { fill: #f0f6fc; stroke: #f0f6fc }
    .ours { fill: #4493f8; stroke: #4493f8 }
  }`;

/**
 * A row for each contender: a dot for each round, a line at the median. What lies outside stands at the edge.
 * @param {Result} result
 */
export function plot({ title, unit, better, rows, limit }) {
  const end = niceEnd(Math.max(...rows.map(({ rounds }) => quantile(rounds, 0.95) * 1.05), (limit ?? 0) * 1.05));
  const height = TOP + rows.length * ROW + BOTTOM;
  const x = (/** @type {number} */ value) => round(LEFT + (Math.min(value, end) / end) * (WIDTH - LEFT - RIGHT));
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title><style>${STYLE}</style>`,
    `<text class="title" x="8" y="22">${escape(title)}</text>`,
    `<text class="axis number" x="${WIDTH - 8}" y="22">${escape(unit)}, ${better} is better</text>`,
  ];
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

/**
 * The next end of an axis whose quarters are short numbers.
 * @param {number} value
 */
export function niceEnd(value) {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10].find((one) => one * magnitude >= value) ?? 10;
  return step * magnitude;
}

/** @param {number} value */
export function tickLabel(value) {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : 0 });
}

/** @param {number} value */
export function round(value) {
  return Math.round(value * 10) / 10;
}

/** @param {string} text */
export function escape(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
