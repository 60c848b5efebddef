import { median, quantile } from "../report/statistics.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { pause } from "../stage/interleave.mjs";

/** @typedef {import("../stage/stage.mjs").Runtime} Runtime */

/** @type {Runtime[]} */
const RUNTIMES = ["chromium", "firefox", "node"];

/** What 95 of 100 joins must stay under, in milliseconds. */
const LIMIT = 300;

/** @type {{ host: Runtime, joiner: Runtime, hostKind: string, joinerKind: string }[]} */
const PAIRS = [
  ...RUNTIMES.flatMap((host) =>
    RUNTIMES.map((joiner) => ({ host, joiner, hostKind: "clayground", joinerKind: "clayground" })),
  ),
  ...(/** @type {Runtime[]} */ (["chromium", "node"]).flatMap((runtime) => [
    { host: runtime, joiner: /** @type {Runtime} */ ("node"), hostKind: "clayground", joinerKind: "native-app" },
    { host: /** @type {Runtime} */ ("node"), joiner: runtime, hostKind: "native-app", joinerKind: "clayground" },
  ])),
];

/**
 * How long joins take for every pair of runtimes, existing native apps included.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function connectPairs(stage) {
  const rows = [];
  for (const { host, joiner, hostKind, joinerKind } of PAIRS) {
    const times = await stage.pair(host, joiner, async (one, other) => {
      const code = await one.call("host", hostKind);
      const all = [];
      for (let join = 0; join < settings.pairJoins + 1; join++) {
        all.push(await other.call("connect", joinerKind, code));
        await other.call("leave", joinerKind);
        await pause(PAUSE_MS);
      }
      return all.slice(1); // the first runs code that was never run
    });
    const name = `${nameOf(host, hostKind)} ← ${nameOf(joiner, joinerKind)}`;
    const more = { "95 %": quantile(times, 0.95), max: Math.max(...times) };
    rows.push({ contender: name, rounds: times, value: median(times), ratio: undefined, more });
  }
  const worst = Math.max(...rows.map(({ more }) => more["95 %"]));
  return {
    id: "connect-pairs",
    title: "Joins for every pair of runtimes, host ← joiner",
    unit: "ms",
    method: `From the joiner's call to the host's first message; ${settings.pairJoins} joins and leaves one after another for each pair. A native app is libdatachannel with its defaults, in Clayground's wire protocol.`,
    rows,
    goals: [{ text: `95 % of the joins of every pair under ${LIMIT} ms`, actual: worst, isMet: worst < LIMIT }],
    limit: LIMIT,
  };
}

/**
 * @param {Runtime} runtime
 * @param {string} kind
 */
function nameOf(runtime, kind) {
  return kind === "native-app" ? "native app" : runtime;
}
