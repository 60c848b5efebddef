// @ts-check
/** What both sides must agree on. The page keeps to it, the host makes sure of it. Lengths are arena units. */

export const ARENA = { width: 1000, height: 600 };
export const RADIUS = 24;
/** Units per second. */
export const TOP_SPEED = 320;
/** How often the page claims a place, and how often the host tells everyone's. */
export const TICK_MS = 50;
/** Claims per second that the host looks at; more than the page makes, because timers are not exact. */
export const MAX_CLAIMS = 30;

/**
 * @param {number} x
 * @param {number} y
 */
export function isInArena(x, y) {
  return x >= RADIUS && y >= RADIUS && x <= ARENA.width - RADIUS && y <= ARENA.height - RADIUS;
}

/**
 * The nearest place inside the arena.
 * @param {number} x
 * @param {number} y
 */
export function intoArena(x, y) {
  return {
    x: Math.min(ARENA.width - RADIUS, Math.max(RADIUS, x)),
    y: Math.min(ARENA.height - RADIUS, Math.max(RADIUS, y)),
  };
}
