// @ts-check
/** What goes over the wire, with the checks of the receiving side. */

/**
 * From a player, as state: "I am here". `corrections` counts the rejections that it knows of, so that the
 * host can tell what was on its way before the last one arrived.
 * @typedef {{ x: number, y: number, corrections: number }} Claim
 */
/** @typedef {{ id: string, place: number, x: number, y: number }} Player */
/** From the host, as state: where everyone is. @typedef {{ players: Player[] }} Truth */
/** From the host to one player, reliably: where it really is. @typedef {{ reason: string, x: number, y: number, corrections: number }} Rejection */

const MAX_PLAYERS = 8;

/**
 * @param {unknown} data
 * @returns {Claim | undefined}
 */
export function parseClaim(data) {
  if (!isRecord(data)) return undefined;
  const { x, y, corrections } = data;
  if (!isFinite(x) || !isFinite(y) || !isFinite(corrections)) return undefined;
  return { x, y, corrections };
}

/**
 * @param {unknown} data
 * @returns {Truth | undefined}
 */
export function parseTruth(data) {
  if (!isRecord(data) || !Array.isArray(data["players"])) return undefined;
  const players = data["players"].slice(0, MAX_PLAYERS).flatMap((player) => {
    if (!isRecord(player)) return [];
    const { id, place, x, y } = player;
    const isRight = typeof id === "string" && isFinite(place) && isFinite(x) && isFinite(y);
    return isRight ? [{ id, place, x, y }] : [];
  });
  return { players };
}

/**
 * @param {unknown} data
 * @returns {Rejection | undefined}
 */
export function parseRejection(data) {
  if (!isRecord(data)) return undefined;
  const { reason, x, y, corrections } = data;
  if (typeof reason !== "string" || !isFinite(x) || !isFinite(y) || !isFinite(corrections)) return undefined;
  return { reason: reason.slice(0, 200), x, y, corrections };
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
