import { OURS } from "../report/result.mjs";
import { median } from "../report/statistics.mjs";

/** What is in use today. */
const TODAY = "peerserver";

/**
 * How many times a contender's value is PeerServer's: the median of the rounds' own ratios.
 * @param {Map<string, number[]>} rounds
 * @param {string} contender
 */
export function toPeerServer(rounds, contender) {
  const today = rounds.get(TODAY) ?? [];
  return median((rounds.get(contender) ?? []).map((value, round) => value / (today[round] ?? Number.NaN)));
}

/**
 * @param {Map<string, number[]>} rounds
 * @param {string} what
 * @param {number} limit
 * @returns {import("../report/result.mjs").Goal}
 */
export function peerServerGoal(rounds, what, limit) {
  const actual = toPeerServer(rounds, OURS);
  return { text: `${what} ≤ ${limit} × PeerServer's`, actual, isMet: actual <= limit };
}
