import { median, quantile } from "../report/statistics.mjs";
import { ratioGoal, rowsOf } from "../report/result.mjs";
import { settings } from "../settings.mjs";
import { CONTENDERS, RUNTIME_NAMES } from "./contenders.mjs";
import { onConnection } from "./on-connection.mjs";

/** Sent first on each new connection, unmeasured. */
const WARM_UP = 30;

/**
 * How long a reliable message takes to the host and back.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @param {"chromium" | "node"} runtime
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function roundTrip(stage, runtime) {
  const times = await onConnection(
    stage,
    runtime,
    CONTENDERS[runtime],
    settings.pingRounds,
    async (joiner, contender) => {
      await joiner.call("pings", contender, WARM_UP);
      return joiner.call("pings", contender, settings.pings);
    },
  );
  const medians = new Map([...times].map(([contender, rounds]) => [contender, rounds.map(median)]));
  const rows = rowsOf(medians, (contender) => ({ "99 %": quantile((times.get(contender) ?? []).flat(), 0.99) }));
  return {
    id: `round-trip-${runtime}`,
    title: `Round trip, ${RUNTIME_NAMES[runtime]}`,
    unit: "ms",
    better: "less",
    method: `A message of about 120 bytes of JSON to the host and back, one at a time; ${settings.pingRounds} rounds of ${settings.pings}. A dot is a round's median.`,
    rows,
    goals: [ratioGoal(rows, "round trip", "≤", 1.1)],
  };
}
