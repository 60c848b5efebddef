/**
 * A value as a person reads it: three digits that count, thousands apart.
 * @param {number} value
 */
export function formatNumber(value) {
  if (!Number.isFinite(value)) return "n/a";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** @param {number | undefined} ratio */
export function formatRatio(ratio) {
  return ratio === undefined ? "" : `${ratio.toFixed(2)} ×`;
}

/** @param {import("./result.mjs").Goal} goal */
export function formatGoal({ text, actual, isMet }) {
  return `${isMet ? "met" : "MISSED"}: ${text} (${formatNumber(actual)})`;
}
