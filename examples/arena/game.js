// @ts-check
/**
 * The rules of the world, pure: the same body, wish and time give the same result. It knows nothing of
 * networks, canvases or clocks. Lengths are arena units, times are seconds, angles are radians.
 */

export const ARENA = { width: 1600, height: 1000 };
export const PLAYER_RADIUS = 30;

/** @type {readonly { x: number, y: number, r: number }[]} */
export const ROCKS = [
  { x: 390, y: 300, r: 74 },
  { x: 1210, y: 700, r: 74 },
  { x: 1180, y: 250, r: 50 },
  { x: 420, y: 750, r: 50 },
  { x: 800, y: 170, r: 38 },
  { x: 800, y: 830, r: 38 },
];

const TOP_SPEED = 340;
/** How quickly speed follows the wish, per second: at 9, nine tenths of it within a quarter of a second. */
const GRIP = 9;
const DASH_SPEED = 1150;
const DASH_COOLDOWN = 0.9;
/** A tab that was hidden must not jump through a rock when it comes back. */
const LONGEST_STEP = 0.05;

/**
 * @typedef {object} Body
 * @property {number} x
 * @property {number} y
 * @property {number} vx
 * @property {number} vy
 * @property {number} angle where it looks
 * @property {number} cooldown seconds until it can dash again
 */
/** @typedef {{ x: number, y: number }} Wish where the player wants to go; its length is at most 1 */

/**
 * A place on a circle around the middle, so that nobody starts inside another.
 * @param {number} place
 * @returns {Body}
 */
export function spawn(place) {
  const around = ((place * 3) % 8) * (Math.PI / 4) + Math.PI / 8;
  const x = ARENA.width / 2 + Math.cos(around) * 210;
  const y = ARENA.height / 2 + Math.sin(around) * 210;
  return { x, y, vx: 0, vy: 0, angle: around + Math.PI, cooldown: 0 };
}

/**
 * @param {Body} body
 * @param {Wish} wish
 * @param {number} elapsed
 * @returns {Body}
 */
export function step(body, wish, elapsed) {
  const dt = Math.min(Math.max(elapsed, 0), LONGEST_STEP);
  const length = Math.hypot(wish.x, wish.y);
  const scale = length > 1 ? TOP_SPEED / length : TOP_SPEED;
  const grip = 1 - Math.exp(-GRIP * dt);
  const vx = body.vx + (wish.x * scale - body.vx) * grip;
  const vy = body.vy + (wish.y * scale - body.vy) * grip;
  const angle = length > 0.1 ? Math.atan2(wish.y, wish.x) : body.angle;
  const cooldown = Math.max(0, body.cooldown - dt);
  return keepOut({ x: body.x + vx * dt, y: body.y + vy * dt, vx, vy, angle, cooldown });
}

/**
 * A burst of speed in the direction of view; `undefined` while the last one still has to cool down.
 * @param {Body} body
 * @returns {Body | undefined}
 */
export function dash(body) {
  if (body.cooldown > 0) return undefined;
  return {
    ...body,
    vx: Math.cos(body.angle) * DASH_SPEED,
    vy: Math.sin(body.angle) * DASH_SPEED,
    cooldown: DASH_COOLDOWN,
  };
}

/**
 * Out of the rocks and inside the walls. What it runs into takes away the speed in that direction.
 * @param {Body} body
 * @returns {Body}
 */
function keepOut(body) {
  let { x, y, vx, vy } = body;
  for (const rock of ROCKS) {
    const reach = rock.r + PLAYER_RADIUS;
    const distance = Math.hypot(x - rock.x, y - rock.y);
    if (distance >= reach) continue;
    const nx = distance > 0 ? (x - rock.x) / distance : 1;
    const ny = distance > 0 ? (y - rock.y) / distance : 0;
    x = rock.x + nx * reach;
    y = rock.y + ny * reach;
    const into = Math.min(0, vx * nx + vy * ny);
    vx -= into * nx;
    vy -= into * ny;
  }
  const right = ARENA.width - PLAYER_RADIUS;
  const bottom = ARENA.height - PLAYER_RADIUS;
  if ((x <= PLAYER_RADIUS && vx < 0) || (x >= right && vx > 0)) vx = 0;
  if ((y <= PLAYER_RADIUS && vy < 0) || (y >= bottom && vy > 0)) vy = 0;
  x = Math.min(right, Math.max(PLAYER_RADIUS, x));
  y = Math.min(bottom, Math.max(PLAYER_RADIUS, y));
  return { ...body, x, y, vx, vy };
}
