// @ts-check
/** The world as the host knows it, and the judge of every move. Pure: time comes in as an argument, in ms. */
import { parseClaim } from "./public/messages.js";
import { ARENA, MAX_CLAIMS, TOP_SPEED, isInArena } from "./public/rules.js";

/** Packets come in bunches, so a player may save up the way of so many seconds. */
const SAVED_SECONDS = 0.4;
/** Clocks differ a little; nobody wins a game by a tenth. */
const TOLERANCE = 1.1;

/**
 * @typedef {object} Body
 * @property {number} place color and start, 0 to 7
 * @property {number} x
 * @property {number} y
 * @property {number} way how far it may go now
 * @property {number} claims how many claims it may make now
 * @property {number} at when the two were counted
 * @property {boolean} isFlooding it was told so, and is not listened to until it has some claims again
 * @property {number} corrections how often it was told where it really is
 */
/** @typedef {{ kind: "accepted" } | { kind: "ignored" } | ({ kind: "rejected" } & import("./public/messages.js").Rejection)} Verdict */

export class World {
  /** @type {Map<string, Body>} */
  #bodies = new Map();

  /**
   * @param {string} id
   * @param {number} now
   */
  enter(id, now) {
    const taken = new Set(Array.from(this.#bodies.values(), ({ place }) => place));
    let place = 0;
    while (taken.has(place)) place++;
    const x = ARENA.width * (0.2 + 0.2 * (place % 4));
    const y = ARENA.height * (place < 4 ? 0.35 : 0.65);
    this.#bodies.set(id, { place, x, y, way: 0, claims: MAX_CLAIMS / 2, at: now, isFlooding: false, corrections: 0 });
  }

  /** @param {string} id */
  leave(id) {
    this.#bodies.delete(id);
  }

  /** Where everyone is. @returns {import("./public/messages.js").Truth} */
  get truth() {
    const players = Array.from(this.#bodies, ([id, { place, x, y }]) => ({ id, place, x: round(x), y: round(y) }));
    return { players };
  }

  /**
   * A player says where it is; here it turns out whether it can be.
   * @param {string} id
   * @param {unknown} data
   * @param {number} now
   * @returns {Verdict}
   */
  judge(id, data, now) {
    const body = this.#bodies.get(id);
    if (!body) return { kind: "ignored" };
    grantAllowance(body, now);
    body.isFlooding &&= body.claims < MAX_CLAIMS / 4;
    if (body.isFlooding) return { kind: "ignored" };
    const claim = parseClaim(data);
    // It was on its way when the last correction was sent.
    if (claim && claim.corrections < body.corrections) return { kind: "ignored" };
    const problem = findProblem(body, claim);
    if (problem || !claim) {
      body.corrections += 1;
      body.way = 0;
      return { kind: "rejected", reason: problem ?? "", x: body.x, y: body.y, corrections: body.corrections };
    }
    body.way -= Math.hypot(claim.x - body.x, claim.y - body.y);
    body.x = claim.x;
    body.y = claim.y;
    return { kind: "accepted" };
  }
}

/**
 * @param {Body} body
 * @param {number} now
 */
function grantAllowance(body, now) {
  const seconds = Math.max(0, now - body.at) / 1000;
  body.at = now;
  body.way = Math.min(SAVED_SECONDS * TOP_SPEED, body.way + seconds * TOP_SPEED * TOLERANCE);
  body.claims = Math.min(MAX_CLAIMS / 2, body.claims + seconds * MAX_CLAIMS);
}

/**
 * Why a claim cannot be true. Each claim costs one of those that are allowed.
 * @param {Body} body
 * @param {import("./public/messages.js").Claim | undefined} claim
 * @returns {string | undefined}
 */
function findProblem(body, claim) {
  body.isFlooding = body.claims < 1;
  if (body.isFlooding) return `Too many moves: ${MAX_CLAIMS} a second are allowed.`;
  body.claims -= 1;
  if (!claim) return "That is not a move.";
  if (!isInArena(claim.x, claim.y)) return "That is outside of the arena.";
  const way = Math.hypot(claim.x - body.x, claim.y - body.y);
  if (way > body.way + 1)
    return `Too fast: ${Math.round(way)} units in one move, ${Math.round(body.way)} were possible.`;
  return undefined;
}

/** One decimal is enough for a picture, and shorter on the wire. @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
