// @ts-check
/**
 * Everything that goes over the wire, and the only place where it is trusted: what comes from another
 * player is `unknown` until one of the `parse` functions here has looked at every field of it.
 */
import { ARENA, PLAYER_RADIUS } from "./game.js";
import { COLORS } from "./palette.js";
import { PATHS } from "./ways.js";

/** @typedef {{ x: number, y: number, angle: number }} PlayerState Sent 20 times a second; may get lost. */
/** @typedef {"dash" | "wave"} EffectName */
/**
 * Sent reliably and in order. `colors` counts only when the host sends it; `ways` are the sender's own.
 * @typedef {{ kind: "hello", name: string }
 *   | { kind: "colors", colors: [id: string, color: number][], topology: "star" | "mesh" }
 *   | { kind: "ways", ways: import("./ways.js").Way[] }
 *   | { kind: "chat", text: string }
 *   | { kind: "effect", effect: EffectName }} GameMessage
 */

export const NAME_LENGTH = 16;
export const CHAT_LENGTH = 200;
const MAX_PLAYERS = 8;
/** Milliseconds; who is further away is gone. */
const LONGEST_LATENCY = 60_000;

/**
 * @param {unknown} data
 * @returns {PlayerState | undefined}
 */
export function parseState(data) {
  if (!isRecord(data)) return undefined;
  const { x, y, angle } = data;
  if (!isFinite(x) || !isFinite(y) || !isFinite(angle)) return undefined;
  return {
    x: clamp(x, PLAYER_RADIUS, ARENA.width - PLAYER_RADIUS),
    y: clamp(y, PLAYER_RADIUS, ARENA.height - PLAYER_RADIUS),
    angle: Math.atan2(Math.sin(angle), Math.cos(angle)),
  };
}

/**
 * @param {unknown} data
 * @returns {GameMessage | undefined}
 */
export function parseMessage(data) {
  if (!isRecord(data)) return undefined;
  switch (data["kind"]) {
    case "hello": {
      const name = cleanText(data["name"], NAME_LENGTH);
      return name ? { kind: "hello", name } : undefined;
    }
    case "colors":
      return parseColors(data["colors"], data["topology"]);
    case "ways":
      return parseWays(data["ways"]);
    case "chat": {
      const text = cleanText(data["text"], CHAT_LENGTH);
      return text ? { kind: "chat", text } : undefined;
    }
    case "effect": {
      const effect = data["effect"];
      return effect === "dash" || effect === "wave" ? { kind: "effect", effect } : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * One line of plain text: no control characters, none that turn the reading direction, no runs of
 * spaces, at most `maxLength` characters. Empty when nothing is left, or when it was no text.
 * @param {unknown} value
 * @param {number} maxLength
 */
export function cleanText(value, maxLength) {
  if (typeof value !== "string") return "";
  const line = value
    .slice(0, maxLength * 8)
    .replace(/[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
  return Array.from(line).slice(0, maxLength).join("").trim();
}

/**
 * @param {unknown} value
 * @returns {GameMessage | undefined}
 */
function parseWays(value) {
  if (!Array.isArray(value) || value.length > MAX_PLAYERS) return undefined;
  /** @type {import("./ways.js").Way[]} */
  const ways = [];
  for (const entry of value) {
    if (!isRecord(entry)) return undefined;
    const { id, latency } = entry;
    const path = PATHS.find((one) => one === entry["path"]);
    if (!isId(id) || !path || !isFinite(latency)) return undefined;
    ways.push({ id, path, latency: Math.round(clamp(latency, -1, LONGEST_LATENCY)) });
  }
  return { kind: "ways", ways };
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isId(value) {
  return typeof value === "string" && value.length <= 64;
}

/**
 * @param {unknown} value
 * @param {unknown} topology
 * @returns {GameMessage | undefined}
 */
function parseColors(value, topology) {
  if (!Array.isArray(value) || value.length > MAX_PLAYERS) return undefined;
  /** @type {[string, number][]} */
  const colors = [];
  for (const entry of value) {
    if (!Array.isArray(entry)) return undefined;
    const [id, color] = entry;
    if (!isId(id)) return undefined;
    if (!Number.isInteger(color) || color < 0 || color >= COLORS.length) return undefined;
    colors.push([id, color]);
  }
  return { kind: "colors", colors, topology: topology === "mesh" ? "mesh" : "star" };
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isFinite(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
