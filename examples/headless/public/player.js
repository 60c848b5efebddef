// @ts-check
/** This page's own player: it moves at once, and goes back to where the host says when it was wrong. */
import { TOP_SPEED, intoArena } from "./rules.js";

/** @typedef {{ x: number, y: number }} Point */

export class Player {
  /** @type {Point} */
  place = { x: 0, y: 0 };
  /** How many corrections the host has sent. */
  corrections = 0;
  /** A cheat: 1 is honest. */
  haste = 1;
  /** Where it claimed to be when it was rejected, and when that was, for the picture. @type {(Point & { at: number }) | undefined} */
  ghost;

  /**
   * @param {Point} wish direction, at most 1 long
   * @param {number} seconds
   */
  walk(wish, seconds) {
    const way = TOP_SPEED * this.haste * seconds;
    this.place = intoArena(this.place.x + wish.x * way, this.place.y + wish.y * way);
  }

  /**
   * @param {import("./messages.js").Rejection} rejection
   * @param {number} now
   */
  correct({ x, y, corrections }, now) {
    this.ghost = { ...this.place, at: now };
    this.place = { x, y };
    this.corrections = corrections;
    this.haste = 1;
  }

  /** @returns {import("./messages.js").Claim} */
  get claim() {
    return { ...this.place, corrections: this.corrections };
  }
}
