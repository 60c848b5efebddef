// @ts-check
/**
 * What the view draws in one frame.
 * @typedef {object} Actor
 * @property {string} id
 * @property {string} name
 * @property {number} color place in the palette
 * @property {number} x
 * @property {number} y
 * @property {number} angle
 * @property {boolean} isMe
 *
 * @typedef {object} Effect
 * @property {"dash" | "wave"} kind
 * @property {string} id whose it is
 * @property {number} color
 * @property {number} x
 * @property {number} y
 * @property {number} angle
 * @property {number} born time of the frame in ms at which it began
 *
 * @typedef {object} Scene
 * @property {Actor[]} actors
 * @property {Effect[]} effects
 */
import { ARENA } from "./game.js";

const LOBBY_PLAYERS = 6;

/**
 * What is to be seen behind the lobby: a few players who walk along closed curves.
 * @param {number} now ms
 * @returns {Scene}
 */
export function lobbyScene(now) {
  const actors = Array.from({ length: LOBBY_PLAYERS }, (_, i) => {
    const at = pathPoint(i, now / 1000);
    const next = pathPoint(i, now / 1000 + 0.05);
    const angle = Math.atan2(next.y - at.y, next.x - at.x);
    return { id: `lobby-${i}`, name: "", color: i, ...at, angle, isMe: false };
  });
  return { actors, effects: [] };
}

/**
 * @param {number} i
 * @param {number} t seconds
 */
function pathPoint(i, t) {
  const phase = (i / LOBBY_PLAYERS) * 2 * Math.PI;
  const turn = t * (0.2 + 0.025 * i) * (i % 2 ? -1 : 1) + phase;
  return {
    x: ARENA.width / 2 + Math.cos(turn) * ARENA.width * 0.44,
    y: ARENA.height / 2 + Math.sin(turn) * ARENA.height * 0.42,
  };
}
