import { OURS } from "../report/result.mjs";
import { median, quantile } from "../report/statistics.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { pause } from "../stage/interleave.mjs";

/** @typedef {import("../stage/stage.mjs").Runtime} Runtime */

/** @type {Runtime[]} */
const RUNTIMES = ["chromium", "firefox", "node"];

/** The contender that speaks as existing native apps do. */
const NATIVE = "native-app";

/**
 * Browsers hide their addresses behind mDNS names, and answer for a name once a second at the most (RFC 6762, 6): the same
 * page that asks again sooner has to wait for it, where Chromium and Firefox ask each other.
 */
const MDNS_PAUSE_MS = 1100;

/** What 95 of 100 joins must stay under, in milliseconds. */
const LIMIT = 300;

/**
 * Host and joiner, each as runtime and contender.
 * @typedef {[host: [Runtime, string], joiner: [Runtime, string]]} Pair
 */

/** @type {Pair[]} */
const PAIRS = [
  ...RUNTIMES.flatMap((host) => RUNTIMES.map((joiner) => /** @type {Pair} */ ([ours(host), ours(joiner)]))),
  [ours("chromium"), ["node", NATIVE]],
  [["node", NATIVE], ours("chromium")],
  [ours("node"), ["node", NATIVE]],
  [["node", NATIVE], ours("node")],
];

/**
 * How long joins take for every pair of runtimes, existing native apps included.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function connectPairs(stage) {
  const rows = [];
  for (const [[hostRuntime, host], [joinerRuntime, joiner]] of PAIRS) {
    const times = await stage.pair(hostRuntime, joinerRuntime, async (one, other) => {
      const code = await one.call("host", host);
      const all = [];
      for (let join = 0; join < settings.pairJoins + 1; join++) {
        all.push(await other.call("connect", joiner, code));
        await other.call("leave", joiner);
        await pause(pauseBetween(hostRuntime, joinerRuntime));
      }
      return all.slice(1); // the first runs code that was never run
    });
    const name = `${nameOf(hostRuntime, host)} ← ${nameOf(joinerRuntime, joiner)}`;
    const more = { "95 %": quantile(times, 0.95), max: Math.max(...times) };
    rows.push({ contender: name, rounds: times, value: median(times), ratio: undefined, more });
  }
  const worst = Math.max(...rows.map(({ more }) => more["95 %"]));
  return {
    id: "connect-pairs",
    title: "Joins for every pair of runtimes, host ← joiner",
    unit: "ms",
    better: "less",
    method: `From the call to join to its end; ${settings.pairJoins} joins and leaves one after another for each pair (of Chromium and Firefox with a second between, because of mDNS). A native app is libdatachannel with its defaults, in Clayground's wire protocol.`,
    rows,
    goals: [{ text: `95 % of the joins of every pair under ${LIMIT} ms`, actual: worst, isMet: worst < LIMIT }],
    limit: LIMIT,
  };
}

/**
 * @param {Runtime} host
 * @param {Runtime} joiner
 */
function pauseBetween(host, joiner) {
  return host !== joiner && host !== "node" && joiner !== "node" ? MDNS_PAUSE_MS : PAUSE_MS;
}

/**
 * @param {Runtime} runtime
 * @returns {[Runtime, string]}
 */
function ours(runtime) {
  return [runtime, OURS];
}

/**
 * @param {Runtime} runtime
 * @param {string} contender
 */
function nameOf(runtime, contender) {
  return contender === NATIVE ? "native app" : runtime;
}
