/**
 * What the receiver does: `echo` is sent back as `answer`; `count` is counted, and each full burst of them confirmed by
 * `confirm`; `silent` is only counted.
 * @typedef {"echo" | "answer" | "count" | "confirm" | "silent"} Kind
 *
 * What every contender sends: an object that is about 120 bytes of JSON.
 * @typedef {{ kind: Kind, n: number, player: string, x: number, y: number, angle: number, health: number, action: string }} Payload
 */

/**
 * @param {Kind} kind
 * @param {number} n
 * @returns {Payload}
 */
export function payload(kind, n) {
  return { kind, n, player: "c0123456789abcdef", x: 1234.56, y: -987.65, angle: 1.5708, health: 87, action: "jumping" };
}
