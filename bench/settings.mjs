/**
 * How much is measured.
 * @typedef {object} Settings
 * @property {number} connects Rounds of one join for each contender.
 * @property {number} pairJoins Joins for each pair of runtimes.
 * @property {number} lanJoins Rounds of one join for each kind of ICE servers in LAN mode.
 * @property {number} rounds Rounds of everything else.
 * @property {number} pingRounds
 * @property {number} pings In each of them.
 * @property {number} bursts Of 1000 messages in each round.
 * @property {number} stateMs Milliseconds of states in each round.
 * @property {{ rounds: number, bytes: number, messages: number }} bulk Of each size two messages, or so many bytes, but no more messages.
 * @property {{ rounds: number, ms: number }} relay Milliseconds of messages at each number of nodes.
 * @property {{ rounds: number, ms: number }} frames Milliseconds for each format in a round.
 * @property {{ rounds: number, idleMs: number, busyMs: number }} interference Milliseconds of round trips without and with a transfer.
 * @property {{ rounds: number, seconds: number, lossRounds: number, lossSeconds: number }} stateAge
 * @property {MeshSettings} mesh
 * @property {SignalingSettings} signaling
 *
 * @typedef {object} MeshSettings
 * @property {number} joinRounds In each, a network of each topology grows to 8 nodes.
 * @property {number} pageJoinRounds The same in pages.
 * @property {number} loadRounds
 * @property {number} loadMs Milliseconds of states at each number of nodes.
 * @property {number} pings At each number of nodes, with and without states.
 * @property {number} idleMs Milliseconds in which nobody says anything: a multiple of the time between two pings.
 *
 * @typedef {object} SignalingSettings
 * @property {number[]} connections To each server, one number after the other.
 * @property {number} rounds
 * @property {number} ms Milliseconds of each of its two parts in a round.
 * @property {number} memoryRounds
 * @property {number} idle Connections that ours must hold.
 * @property {number} idleMs Milliseconds for which it must.
 * @property {number} floodRounds
 * @property {number} floodMs
 */

/** @type {Settings} */
const FULL = {
  connects: 30,
  pairJoins: 60,
  lanJoins: 20,
  rounds: 7,
  pingRounds: 15,
  pings: 100,
  bursts: 40,
  stateMs: 1500,
  bulk: { rounds: 4, bytes: 8 * 1024 * 1024, messages: 10_000 },
  relay: { rounds: 3, ms: 1000 },
  frames: { rounds: 7, ms: 90 },
  interference: { rounds: 3, idleMs: 2000, busyMs: 6000 },
  stateAge: { rounds: 2, seconds: 15, lossRounds: 2, lossSeconds: 8 },
  mesh: { joinRounds: 6, pageJoinRounds: 4, loadRounds: 3, loadMs: 700, pings: 25, idleMs: 6000 },
  signaling: {
    connections: [2000, 8000],
    rounds: 3,
    ms: 1000,
    memoryRounds: 2,
    idle: 20_000,
    idleMs: 17_000,
    floodRounds: 2,
    floodMs: 2500,
  },
};

/** To see that it works: its figures mean little. @type {Settings} */
const QUICK = {
  connects: 5,
  pairJoins: 10,
  lanJoins: 5,
  rounds: 3,
  pingRounds: 5,
  pings: 50,
  bursts: 10,
  stateMs: 500,
  bulk: { rounds: 2, bytes: 4 * 1024 * 1024, messages: 5000 },
  relay: { rounds: 1, ms: 500 },
  frames: { rounds: 2, ms: 60 },
  interference: { rounds: 1, idleMs: 1000, busyMs: 5000 },
  stateAge: { rounds: 1, seconds: 8, lossRounds: 1, lossSeconds: 5 },
  mesh: { joinRounds: 2, pageJoinRounds: 1, loadRounds: 1, loadMs: 500, pings: 20, idleMs: 4000 },
  signaling: {
    connections: [500, 1000],
    rounds: 2,
    ms: 300,
    memoryRounds: 1,
    idle: 2000,
    idleMs: 500,
    floodRounds: 1,
    floodMs: 1000,
  },
};

/** Whether this is no more than a trial: `BENCH_QUICK=1`. */
export const isQuick = process.env["BENCH_QUICK"] === "1";

/** @type {Settings} */
export const settings = isQuick ? QUICK : FULL;

/** After each step, so that what it left behind (connections that close, garbage) is not the next one's burden. */
export const PAUSE_MS = 60;
