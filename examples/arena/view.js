// @ts-check
/** The canvas: how large it is, what part of the arena it shows, and the order in which things are drawn. */
import { ARENA, ROCKS } from "./game.js";
import { drawActor, drawEffect, drawEdgeMark, drawNameTag, drawRock } from "./sprites.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {{ scale: number, x: number, y: number, width: number, height: number }} Camera arena point (x, y) is at the canvas's left top corner */

/** Players are never drawn smaller than this (CSS pixels for one arena unit); a small screen scrolls instead. */
const SMALLEST_SCALE = 0.45;
const MARGIN = 40;

export class View {
  #canvas;
  #context;
  #colors;
  #still = window.matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Camera} */
  #camera = { scale: 1, x: 0, y: 0, width: 0, height: 0 };

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("This browser has no 2D canvas.");
    this.#canvas = canvas;
    this.#context = context;
    this.#colors = readColors(canvas);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => (this.#colors = readColors(canvas)));
  }

  /** True when the system asks for less motion. */
  get still() {
    return this.#still.matches;
  }

  /**
   * @param {Scene} scene
   * @param {number} now ms
   * @param {import("./input.js").Stick | undefined} stick drawn where a finger steers
   */
  draw(scene, now, stick) {
    const g = this.#context;
    const ratio = this.#resize();
    const me = scene.actors.find((actor) => actor.isMe);
    const camera = (this.#camera = this.#aim(me));
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.fillStyle = this.#colors.outside;
    g.fillRect(0, 0, camera.width, camera.height);

    const zoom = ratio * camera.scale;
    g.setTransform(zoom, 0, 0, zoom, -camera.x * zoom, -camera.y * zoom);
    this.#drawGround();
    for (const rock of ROCKS) drawRock(g, rock, this.#colors);
    for (const effect of scene.effects) drawEffect(g, effect, now, this.still);
    const fromTop = [...scene.actors].sort((a, b) => a.y - b.y);
    for (const actor of fromTop) drawActor(g, actor, this.still ? 0 : now);

    // Names and marks keep their size on every screen, so they are drawn in CSS pixels.
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    for (const actor of fromTop) {
      const at = { x: (actor.x - camera.x) * camera.scale, y: (actor.y - camera.y) * camera.scale };
      if (me && drawEdgeMark(g, actor, at, camera)) continue;
      drawNameTag(g, actor, at, camera, this.#colors);
    }
    if (stick) this.#drawStick(stick);
  }

  /** Follows the element's size; returns device pixels for one CSS pixel. */
  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const width = Math.max(1, Math.round(clientWidth * ratio));
    const height = Math.max(1, Math.round(clientHeight * ratio));
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#camera = { ...this.#camera, width: clientWidth, height: clientHeight };
    return ratio;
  }

  /**
   * The whole arena when it fits, else the part of it around the own player. Without one it is a background: as high as the view.
   * @param {{ x: number, y: number } | undefined} me
   * @returns {Camera}
   */
  #aim(me) {
    const { width, height } = this.#camera;
    const wide = width / (ARENA.width + 2 * MARGIN);
    const high = height / (ARENA.height + 2 * MARGIN);
    const scale = Math.max(me ? Math.min(wide, high) : high, SMALLEST_SCALE);
    const center = me ?? { x: ARENA.width / 2, y: ARENA.height / 2 };
    return {
      scale,
      x: aimAxis(center.x, width / scale, ARENA.width),
      y: aimAxis(center.y, height / scale, ARENA.height),
      width,
      height,
    };
  }

  #drawGround() {
    const g = this.#context;
    const c = this.#colors;
    g.fillStyle = c.rim;
    g.beginPath();
    g.roundRect(-14, -8, ARENA.width + 28, ARENA.height + 30, 64);
    g.fill();
    g.fillStyle = c.ground;
    g.beginPath();
    g.roundRect(0, 0, ARENA.width, ARENA.height, 52);
    g.fill();
    g.fillStyle = c.dots;
    g.beginPath();
    for (let y = 50; y < ARENA.height; y += 50) {
      for (let x = 50; x < ARENA.width; x += 50) {
        g.moveTo(x + 2.5, y);
        g.arc(x, y, 2.5, 0, 2 * Math.PI);
      }
    }
    g.fill();
    g.strokeStyle = c.lines;
    g.lineWidth = 6;
    g.beginPath();
    g.arc(ARENA.width / 2, ARENA.height / 2, 130, 0, 2 * Math.PI);
    g.moveTo(ARENA.width / 2, 0);
    g.lineTo(ARENA.width / 2, ARENA.height / 2 - 130);
    g.moveTo(ARENA.width / 2, ARENA.height / 2 + 130);
    g.lineTo(ARENA.width / 2, ARENA.height);
    g.stroke();
  }

  /** @param {import("./input.js").Stick} stick */
  #drawStick(stick) {
    const g = this.#context;
    g.globalAlpha = 0.35;
    g.strokeStyle = g.fillStyle = this.#colors.ink;
    g.lineWidth = 2;
    g.beginPath();
    g.arc(stick.x, stick.y, stick.reach, 0, 2 * Math.PI);
    g.stroke();
    g.beginPath();
    g.arc(stick.x + stick.dx, stick.y + stick.dy, stick.reach * 0.45, 0, 2 * Math.PI);
    g.fill();
    g.globalAlpha = 1;
  }
}

/**
 * Where the visible part begins on one axis.
 * @param {number} center
 * @param {number} visible
 * @param {number} size
 */
function aimAxis(center, visible, size) {
  if (visible >= size + 2 * MARGIN) return (size - visible) / 2;
  return Math.min(size + MARGIN - visible, Math.max(-MARGIN, center - visible / 2));
}

/** @param {HTMLElement} element */
function readColors(element) {
  const style = getComputedStyle(element);
  /** @param {string} name */
  const read = (name) => style.getPropertyValue(`--arena-${name}`).trim() || "#888";
  return {
    outside: read("outside"),
    rim: read("rim"),
    ground: read("ground"),
    dots: read("dots"),
    lines: read("lines"),
    rock: read("rock"),
    rockLight: read("rock-light"),
    rockShadow: read("rock-shadow"),
    ink: read("ink"),
    tag: read("tag"),
    font: style.fontFamily,
  };
}

/** @typedef {ReturnType<typeof readColors>} ArenaColors */
