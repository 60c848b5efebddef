import { mean, median, quantile } from "../report/statistics.mjs";
import { settings } from "../settings.mjs";
import { joinRounds } from "../stage/join-rounds.mjs";

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
  const rounds = await stage.pair("node", runtime, (host, joiner) =>
    joinRounds(host, joiner, KINDS, settings.lanJoins),
  );
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
