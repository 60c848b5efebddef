// @ts-check
/** The things in the arena, each drawn by one function and in the colors of the page. */
import { PLAYER_RADIUS as R } from "./game.js";
import { colorOf } from "./palette.js";

/** @typedef {import("./scene.js").Actor} Actor */
/** @typedef {import("./scene.js").Effect} Effect */
/** @typedef {import("./view.js").Camera} Camera */
/** @typedef {import("./view.js").ArenaColors} ArenaColors */
/** @typedef {CanvasRenderingContext2D} Context */

/** How long an effect is to be seen, in ms. */
export const EFFECT_TIME = { dash: 450, wave: 900 };
const SHADOW = "rgb(0 0 0 / 0.2)";

/**
 * @param {Context} g
 * @param {Actor} actor
 * @param {number} now 0: no blinking
 */
export function drawActor(g, actor, now) {
  const color = colorOf(actor.color);
  g.save();
  g.translate(actor.x, actor.y);
  g.fillStyle = SHADOW;
  g.beginPath();
  g.ellipse(0, R * 0.78, R * 0.95, R * 0.42, 0, 0, 2 * Math.PI);
  g.fill();
  disc(g, color.edge, 0, 3, R + 1);
  disc(g, color.body, 0, 0, R);
  // Light from above, on the rim only: the body keeps its plain color.
  g.strokeStyle = "rgb(255 255 255 / 0.5)";
  g.lineWidth = 4;
  g.lineCap = "round";
  g.beginPath();
  g.arc(0, 0, R - 6, Math.PI * 1.12, Math.PI * 1.5);
  g.stroke();
  drawEyes(g, actor, now);
  g.restore();
}

/**
 * The eyes are the side that it looks to.
 * @param {Context} g
 * @param {Actor} actor
 * @param {number} now
 */
function drawEyes(g, actor, now) {
  const lookX = Math.cos(actor.angle);
  const lookY = Math.sin(actor.angle);
  const blinkAt = (now + actor.color * 733) % 3600;
  const open = now > 0 && blinkAt < 130 ? 0.12 : 1;
  // Like a ball that turns: the face wanders to the side, and the eye on the far side gets narrower.
  for (const side of [-1, 1]) {
    const x = lookX * R * 0.36 + side * R * 0.36 * (1 - 0.25 * Math.abs(lookX));
    const y = lookY * R * 0.36 - R * 0.1;
    const narrow = 1 - 0.28 * Math.max(0, side * lookX);
    g.fillStyle = "#fff";
    g.beginPath();
    g.ellipse(x, y, R * 0.28 * narrow, R * 0.33 * open, 0, 0, 2 * Math.PI);
    g.fill();
    if (open === 1) disc(g, "#2a1a12", x + lookX * R * 0.11, y + lookY * R * 0.14, R * 0.15);
  }
}

/**
 * @param {Context} g
 * @param {Effect} effect
 * @param {number} now
 * @param {boolean} still
 */
export function drawEffect(g, effect, now, still) {
  const age = (now - effect.born) / EFFECT_TIME[effect.kind];
  if (age < 0 || age >= 1) return;
  const color = colorOf(effect.color).body;
  g.save();
  g.globalAlpha = 1 - age;
  if (effect.kind === "wave") {
    g.strokeStyle = color;
    for (const lag of [0, 0.25]) {
      const grown = still ? 0.6 - lag : age - lag;
      if (grown <= 0) continue;
      g.lineWidth = 10 * (1 - age) + 2;
      g.beginPath();
      g.arc(effect.x, effect.y, R + grown * 150, 0, 2 * Math.PI);
      g.stroke();
    }
  } else {
    const grown = still ? 0.4 : age;
    for (let i = 0; i < 5; i++) {
      const away = effect.angle + Math.PI + (i - 2) * 0.32;
      const far = R * 0.6 + grown * (70 + (i % 2) * 40);
      disc(g, color, effect.x + Math.cos(away) * far, effect.y + Math.sin(away) * far, 11 * (1 - grown * 0.7));
    }
  }
  g.restore();
}

/**
 * @param {Context} g
 * @param {{ x: number, y: number, r: number }} rock
 * @param {ArenaColors} colors
 */
export function drawRock(g, rock, colors) {
  disc(g, colors.rockShadow, rock.x, rock.y + rock.r * 0.16, rock.r * 1.04);
  disc(g, colors.rock, rock.x, rock.y, rock.r);
  disc(g, colors.rockLight, rock.x - rock.r * 0.1, rock.y - rock.r * 0.14, rock.r * 0.78);
}

/**
 * @param {Context} g
 * @param {Actor} actor
 * @param {{ x: number, y: number }} at in CSS pixels
 * @param {Camera} camera
 * @param {ArenaColors} colors
 */
export function drawNameTag(g, actor, at, camera, colors) {
  if (!actor.name) return;
  g.font = `600 13px ${colors.font}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  const width = Math.min(g.measureText(actor.name).width, 150) + 16;
  const x = Math.min(camera.width - width / 2 - 4, Math.max(width / 2 + 4, at.x));
  const y = Math.max(14, at.y - R * camera.scale - 17);
  g.fillStyle = colors.tag;
  g.beginPath();
  g.roundRect(x - width / 2, y - 11, width, 22, 11);
  g.fill();
  if (actor.isMe) {
    g.strokeStyle = colorOf(actor.color).body;
    g.lineWidth = 2;
    g.stroke();
  }
  g.fillStyle = colors.ink;
  g.fillText(actor.name, x, y + 0.5, 150);
}

/**
 * A mark at the border of the view that points to a player outside of it.
 * @param {Context} g
 * @param {Actor} actor
 * @param {{ x: number, y: number }} at in CSS pixels
 * @param {Camera} camera
 * @returns {boolean} false when the player is inside the view
 */
export function drawEdgeMark(g, actor, at, camera) {
  const inset = 20;
  const x = Math.min(camera.width - inset, Math.max(inset, at.x));
  const y = Math.min(camera.height - inset, Math.max(inset, at.y));
  if (Math.hypot(at.x - x, at.y - y) <= R * camera.scale + inset) return false;
  const color = colorOf(actor.color);
  g.save();
  g.translate(x, y);
  g.rotate(Math.atan2(at.y - y, at.x - x));
  g.fillStyle = color.body;
  g.strokeStyle = color.edge;
  g.lineWidth = 2;
  g.beginPath();
  g.moveTo(13, 0);
  g.lineTo(-8, -10);
  g.lineTo(-3, 0);
  g.lineTo(-8, 10);
  g.closePath();
  g.fill();
  g.stroke();
  g.restore();
  return true;
}

/**
 * @param {Context} g
 * @param {string} color
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function disc(g, color, x, y, r) {
  g.fillStyle = color;
  g.beginPath();
  g.arc(x, y, r, 0, 2 * Math.PI);
  g.fill();
}
