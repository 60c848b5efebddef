// @ts-check
/** Draws the arena: everyone, where the host says this player is, and what it rejected. */
import { ARENA, RADIUS } from "./rules.js";

const COLORS = ["#ee5a45", "#2f80ed", "#f5b82e", "#2fa56f", "#9b5de5", "#ff8fbf", "#1fb8c4", "#a4cf3a"];
/** How long a rejected place is to be seen, in ms. */
const GHOST_TIME = 1500;

/** @typedef {{ x: number, y: number }} Point */
/**
 * @typedef {object} Picture
 * @property {(Point & { place: number })[]} others
 * @property {(Point & { place: number }) | undefined} me
 * @property {Point | undefined} truth where the host says that I am
 * @property {(Point & { at: number }) | undefined} ghost
 */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {number} now ms
 */
export function draw(canvas, picture, now) {
  const g = canvas.getContext("2d");
  if (!g) return;
  const style = getComputedStyle(canvas);
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  if (canvas.width !== width) {
    canvas.width = width;
    canvas.height = Math.round((width * ARENA.height) / ARENA.width);
  }
  const scale = width / ARENA.width;
  g.setTransform(scale, 0, 0, scale, 0, 0);
  g.fillStyle = style.getPropertyValue("--ground");
  g.fillRect(0, 0, ARENA.width, ARENA.height);
  g.strokeStyle = style.getPropertyValue("--grid");
  g.lineWidth = 2;
  g.beginPath();
  for (let x = 100; x < ARENA.width; x += 100) g.rect(x, -10, 0, ARENA.height + 20);
  for (let y = 100; y < ARENA.height; y += 100) g.rect(-10, y, ARENA.width + 20, 0);
  g.stroke();

  for (const other of picture.others) drawBall(g, other);
  if (!picture.me) return;
  if (picture.ghost) drawGhost(g, picture.ghost, picture.me, 1 - (now - picture.ghost.at) / GHOST_TIME, style);
  drawBall(g, picture.me);
  g.strokeStyle = style.color;
  g.lineWidth = 3;
  ring(g, picture.truth ?? picture.me, RADIUS + 6);
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Point & { place: number }} ball
 */
function drawBall(g, { x, y, place }) {
  g.fillStyle = COLORS[place % COLORS.length] ?? "#888";
  g.beginPath();
  g.arc(x, y, RADIUS, 0, 2 * Math.PI);
  g.fill();
}

/**
 * What the host did not believe, crossed out, and the way back from there.
 * @param {CanvasRenderingContext2D} g
 * @param {Point} ghost
 * @param {Point} me
 * @param {number} strength 1 at first, 0 at the end
 * @param {CSSStyleDeclaration} style
 */
function drawGhost(g, ghost, me, strength, style) {
  if (strength <= 0) return;
  const x = Math.min(ARENA.width - RADIUS, Math.max(RADIUS, ghost.x));
  const y = Math.min(ARENA.height - RADIUS, Math.max(RADIUS, ghost.y));
  g.globalAlpha = strength;
  g.strokeStyle = style.getPropertyValue("--bad");
  g.lineWidth = 5;
  g.setLineDash([12, 10]);
  g.beginPath();
  g.moveTo(x, y);
  g.lineTo(me.x, me.y);
  g.stroke();
  g.setLineDash([]);
  ring(g, { x, y }, RADIUS);
  g.beginPath();
  g.moveTo(x - 13, y - 13);
  g.lineTo(x + 13, y + 13);
  g.moveTo(x + 13, y - 13);
  g.lineTo(x - 13, y + 13);
  g.stroke();
  g.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Point} at
 * @param {number} r
 */
function ring(g, { x, y }, r) {
  g.beginPath();
  g.arc(x, y, r, 0, 2 * Math.PI);
  g.stroke();
}
