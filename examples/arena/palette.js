// @ts-check
/** The players' colors, one for each of the eight places. They differ in lightness too, not in hue alone. */
export const COLORS = /** @type {const} */ ([
  { body: "#ee5a45", edge: "#a8301f" },
  { body: "#2f80ed", edge: "#1a4f9c" },
  { body: "#f5b82e", edge: "#a87608" },
  { body: "#2fa56f", edge: "#176344" },
  { body: "#9b5de5", edge: "#5e2ea3" },
  { body: "#ff8fbf", edge: "#b8447c" },
  { body: "#1fb8c4", edge: "#0b7079" },
  { body: "#a4cf3a", edge: "#5f7d14" },
]);

/** @param {number} index */
export function colorOf(index) {
  return COLORS[index] ?? COLORS[0];
}
