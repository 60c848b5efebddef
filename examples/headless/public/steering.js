// @ts-check
/** Arrow keys, WASD, or a finger that the player runs after. */
import { ARENA } from "./rules.js";

/** @type {Record<string, { x: number, y: number }>} */
const DIRECTIONS = {
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  KeyW: { x: 0, y: -1 },
  KeyS: { x: 0, y: 1 },
  KeyA: { x: -1, y: 0 },
  KeyD: { x: 1, y: 0 },
};

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {(from: { x: number, y: number }) => { x: number, y: number }} where to go from there; at most 1 long
 */
export function steering(canvas) {
  /** @type {Set<string>} */
  const keys = new Set();
  /** @type {{ x: number, y: number } | undefined} */
  let target;
  window.addEventListener("keydown", (event) => {
    if (!Object.hasOwn(DIRECTIONS, event.code) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement) return;
    keys.add(event.code);
    event.preventDefault();
  });
  window.addEventListener("keyup", (event) => keys.delete(event.code));
  window.addEventListener("blur", () => keys.clear());

  /** @param {PointerEvent} event */
  const aim = (event) => {
    const scale = ARENA.width / canvas.clientWidth;
    target = { x: event.offsetX * scale, y: event.offsetY * scale };
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    aim(event);
  });
  canvas.addEventListener("pointermove", (event) => target && aim(event));
  canvas.addEventListener("lostpointercapture", () => (target = undefined));

  return (from) => {
    if (target) return shorten({ x: (target.x - from.x) / 20, y: (target.y - from.y) / 20 });
    let [x, y] = [0, 0];
    for (const key of keys) {
      x += DIRECTIONS[key]?.x ?? 0;
      y += DIRECTIONS[key]?.y ?? 0;
    }
    return shorten({ x, y });
  };
}

/** @param {{ x: number, y: number }} vector */
function shorten({ x, y }) {
  const length = Math.max(1, Math.hypot(x, y));
  return { x: x / length, y: y / length };
}
