/**
 * How much is measured.
 * @typedef {object} Settings
 * @property {number} connects Rounds of one join for each contender.
 * @property {number} pairJoins Joins for each pair of runtimes.
 * @property {number} rounds Rounds of everything else.
 * @property {number} pingRounds
 * @property {number} pings In each of them.
 * @property {number} bursts Of 1000 messages in each round.
 * @property {number} stateMs Milliseconds of states in each round.
 * @property {number} relayRounds
 * @property {number} relayMs Milliseconds of relayed messages in each round.
 */

/** @type {Settings} */
const FULL = {
  connects: 40,
  pairJoins: 100,
  rounds: 11,
  pingRounds: 25,
  pings: 100,
  bursts: 40,
  stateMs: 1500,
  relayRounds: 5,
  relayMs: 4000,
};

/** To see that it works: its figures mean little. @type {Settings} */
const QUICK = {
  connects: 5,
  pairJoins: 10,
  rounds: 3,
  pingRounds: 5,
  pings: 50,
  bursts: 10,
  stateMs: 500,
  relayRounds: 1,
  relayMs: 1000,
};

/** Whether this is no more than a trial: `BENCH_QUICK=1`. */
export const isQuick = process.env["BENCH_QUICK"] === "1";

/** @type {Settings} */
export const settings = isQuick ? QUICK : FULL;

/** After each step, so that what it left behind (connections that close, garbage) is not the next one's burden. */
export const PAUSE_MS = 60;
