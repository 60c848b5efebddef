import { mean, quantile } from "../report/statistics.mjs";
import { FLOOR, OURS, ratioGoal, rowsOf } from "../report/result.mjs";
import { settings } from "../settings.mjs";
import { joinRounds } from "../stage/join-rounds.mjs";
import { CONTENDERS, RUNTIME_NAMES } from "./contenders.mjs";

/**
 * How long a joiner takes, from its call to the host's first word over the channel.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @param {"chromium" | "node"} runtime
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function connect(stage, runtime) {
  const contenders = CONTENDERS[runtime];
  const rounds = await stage.pair(runtime, runtime, (host, joiner) =>
    joinRounds(host, joiner, contenders, settings.connects),
  );
  const rows = rowsOf(rounds, (contender) => {
    const times = rounds.get(contender) ?? [];
    return { mean: mean(times), "5 %": quantile(times, 0.05), "95 %": quantile(times, 0.95), max: Math.max(...times) };
  });
  return {
    id: `connect-${runtime}`,
    title: `Connect, ${RUNTIME_NAMES[runtime]}`,
    unit: "ms",
    better: "less",
    method: `From the joiner's call to the host's first word over the channel (here the roster, else the answer to a first message), the signaling server's WebSocket included; ${settings.connects} joins each.`,
    rows,
    goals: [runtime === "node" ? meanGoal(rounds) : ratioGoal(rows, "connect", "≤", 1.2)],
  };
}

/**
 * Bare libdatachannel takes 10 ms or a second, half and half (DTLS resends): its median is chance, its mean is not.
 * @param {Map<string, number[]>} rounds
 */
function meanGoal(rounds) {
  const actual = mean(rounds.get(OURS) ?? []) / mean(rounds.get(FLOOR) ?? []);
  return { text: `connect's mean ≤ 1.2 × ${FLOOR}`, actual, isMet: actual <= 1.2 };
}
