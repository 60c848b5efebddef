import { formatNumber } from "./numbers.mjs";
import { mean, median, quantile } from "./statistics.mjs";
import { escape, head, niceEnd, round, tickLabel, WIDTH } from "./svg.mjs";

const HEIGHT = 320;
const LEFT = 56;
const RIGHT = 210;
const TOP = 44;
const BOTTOM = 44;

/** Names at the ends of lines need so many units each. */
const LABEL = 16;

/** Steps that are named below the axis. */
const MOST_TICKS = 10;

const MORE_STYLE = `
  polyline { fill: none; stroke-width: 2 }
  .dashed polyline { stroke-dasharray: 6 4 }
  .label { stroke: none }`;

/**
 * A line for each of what grows, a dot for each round.
 * @param {import("./result.mjs").Result} result
 * @param {import("./growth.mjs").Growth} growth
 */
export function growthPlot(result, { of, steps, labels, lines }) {
  const { middle, limit } = result;
  const middleOf = middle === "mean" ? mean : median;
  const middles = lines.map(({ rounds }) => rounds.map(middleOf));
  const end = niceEnd(
    Math.max(
      ...lines.flatMap(({ rounds }) => rounds.filter((one) => one.length > 0).map((one) => quantile(one, 0.95) * 1.05)),
    ),
  );
  const [first = 0, last = 1] = labels ? [0, steps.length - 1] : [steps[0], steps.at(-1)];
  const along = (/** @type {number} */ step) => (labels ? steps.indexOf(step) : step);
  const x = (/** @type {number} */ step) =>
    round(LEFT + ((along(step) - first) / (last - first)) * (WIDTH - LEFT - RIGHT));
  const y = (/** @type {number} */ value) =>
    round(HEIGHT - BOTTOM - (Math.min(value, end) / end) * (HEIGHT - TOP - BOTTOM));
  const parts = [
    head(result, HEIGHT, MORE_STYLE),
    `<text class="axis" text-anchor="middle" x="${round((LEFT + WIDTH - RIGHT) / 2)}" y="${HEIGHT - 8}">${escape(of)}</text>`,
  ];
  for (let tick = 0; tick <= 4; tick++) {
    const value = (end * tick) / 4;
    parts.push(`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>`);
    parts.push(`<text class="axis number" x="${LEFT - 8}" y="${y(value) + 4}">${tickLabel(value)}</text>`);
  }
  const every = Math.ceil(steps.length / MOST_TICKS);
  steps.forEach((step, at) => {
    if (at % every > 0) return;
    const text = labels?.[at] ?? step;
    parts.push(`<text class="axis" text-anchor="middle" x="${x(step)}" y="${HEIGHT - BOTTOM + 18}">${text}</text>`);
  });
  if (limit) parts.push(`<line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(limit)}" y2="${y(limit)}"/>`);
  const heights = apart(middles.map((values) => y(values.at(-1) ?? 0)));
  lines.forEach(({ name, kind, isDashed, rounds }, index) => {
    const values = middles[index] ?? [];
    const known = steps.flatMap((step, at) => (Number.isNaN(values[at]) ? [] : [`${x(step)},${y(values[at] ?? 0)}`]));
    const dots = steps.flatMap((step, at) =>
      (rounds[at] ?? []).map((one) => `<circle cx="${x(step)}" cy="${y(one)}" r="2.5"/>`),
    );
    parts.push(
      `<g class="${kind}${isDashed ? " dashed" : ""}">${dots.join("")}<polyline points="${known.join(" ")}"/></g>`,
      `<text x="${WIDTH - RIGHT + 12}" y="${(heights[index] ?? 0) + 4}">${escape(name)}</text>`,
      `<text class="number" x="${WIDTH - 8}" y="${(heights[index] ?? 0) + 4}">${formatNumber(values.at(-1) ?? Number.NaN)}</text>`,
    );
  });
  return `${parts.join("\n")}\n</svg>\n`;
}

/**
 * Heights as near to these as can be, none above another.
 * @param {readonly number[]} heights
 */
function apart(heights) {
  const order = heights.map((height, index) => ({ height, index })).sort((a, b) => b.height - a.height);
  /** @type {number[]} */
  const placed = [];
  // From the bottom up: what is too near moves up, where there is room.
  let limit = HEIGHT - BOTTOM + LABEL;
  for (const { height, index } of order) {
    limit = Math.min(height, limit - LABEL);
    placed[index] = limit;
  }
  return placed;
}
