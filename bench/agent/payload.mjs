/**
 * What the receiver does: `echo` is sent back as `answer`; `count` is counted, and each full burst of them confirmed by
 * `confirm`; `silent` is only counted; `expect` says how many bytes will come, is answered, and their arrival confirmed; of `stamp`
 * it is kept when it came.
 * @typedef {"echo" | "answer" | "count" | "confirm" | "silent" | "expect" | "stamp"} Kind
 *
 * What every contender sends: an object that is about 120 bytes of JSON.
 * @typedef {{ kind: Kind, n: number, player: string, x: number, y: number, angle: number, health: number, action: string, at?: number, pad?: string }} Payload
 */

/**
 * @param {Kind} kind
 * @param {number} n
 * @returns {Payload}
 */
export function payload(kind, n) {
  return { kind, n, player: "c0123456789abcdef", x: 1234.56, y: -987.65, angle: 1.5708, health: 87, action: "jumping" };
}

/** The time in milliseconds, by one clock in all processes of a machine. */
export function clock() {
  return performance.timeOrigin + performance.now();
}

/**
 * One that says when it was sent, about 200 bytes of JSON.
 * @param {number} n
 * @returns {Payload}
 */
export function stamp(n) {
  return { ...payload("stamp", n), at: clock(), pad: "x".repeat(42) };
}
