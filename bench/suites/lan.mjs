import { mean, median, quantile } from "../report/statistics.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { interleave, pause } from "../stage/interleave.mjs";

/** Without ICE servers nothing can be waited for. */
const NONE = "lan-none";
const KINDS = [NONE, "lan-default", "lan-unreachable"];
const LIMIT = 1.1;

/**
 * How long a join takes in LAN mode where no way leads out of the room: the library's defaults, and servers that do not
 * answer, beside none at all. The host is in Node.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @param {import("../stage/stage.mjs").Runtime} runtime The joiner's.
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function lan(stage, runtime) {
  const rounds = await stage.pair("node", runtime, async (host, joiner) => {
    /** @type {Map<string, string>} */
    const codes = new Map();
    for (const kind of KINDS) codes.set(kind, await host.call("host", kind));
    const join = async (/** @type {string} */ kind) => {
      const ms = await joiner.call("connect", kind, codes.get(kind) ?? "");
      await joiner.call("leave", kind);
      await pause(PAUSE_MS);
      return ms;
    };
    await interleave(2, KINDS, join); // code that runs for the first time is slower
    return interleave(settings.lanJoins, KINDS, join);
  });
  // Two ends of libdatachannel take 12 or 62 ms, half and half (checks go out every 50 ms): their median is chance.
  const middle = runtime === "node" ? "mean" : "median";
  const middleOf = middle === "mean" ? mean : median;
  const floor = middleOf(rounds.get(NONE) ?? []);
  const rows = [...rounds].map(([contender, times]) => {
    const value = middleOf(times);
    return {
      contender,
      rounds: times,
      value,
      ratio: value / floor,
      more: { "95 %": quantile(times, 0.95), max: Math.max(...times) },
    };
  });
  const worst = Math.max(...rows.map(({ ratio }) => ratio));
  return {
    id: `lan-${runtime}`,
    title: `Joining in LAN mode without internet, ${runtime}`,
    unit: "ms",
    better: "less",
    method: `A Node host; no DNS and no STUN server answers. \`lan-none\`: iceServers: [], \`lan-default\`: nothing set, \`lan-unreachable\`: two STUN servers set on both sides; ${settings.lanJoins} joins each.`,
    rows,
    middle,
    floor: NONE,
    goals: [
      { text: `joining without internet ≤ ${LIMIT} × without ICE servers`, actual: worst, isMet: worst <= LIMIT },
    ],
  };
}
