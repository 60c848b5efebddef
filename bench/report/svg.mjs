/** What all plots have in common. */
export const WIDTH = 760;

/** Colors that can be read on white and on black; a page's `<img>` follows the reader's scheme too. */
const STYLE = `
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
    .axis { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .limit { stroke: #f85149 }
    .other { fill: #9198a1; stroke: #9198a1 }
    .floor { fill: #f0f6fc; stroke: #f0f6fc }
    .ours { fill: #4493f8; stroke: #4493f8 }
  }`;

/**
 * An SVG's opening, with the plot's title and unit. It is open still.
 * @param {Pick<import("./result.mjs").Result, "title" | "unit" | "better">} result
 * @param {number} height
 * @param {string} [moreStyle]
 */
export function head({ title, unit, better }, height, moreStyle = "") {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title><style>${STYLE}${moreStyle}</style>`,
    `<text class="title" x="8" y="22">${escape(title)}</text>`,
    `<text class="axis number" x="${WIDTH - 8}" y="22">${escape(unit)}, ${better} is better</text>`,
  ].join("\n");
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
