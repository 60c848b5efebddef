import { rowsOf } from "../report/result.mjs";
import { median } from "../report/statistics.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { pause } from "../stage/interleave.mjs";
import { RUNTIME_NAMES } from "./contenders.mjs";
import { onConnection } from "./on-connection.mjs";

const CONTENDERS = {
  chromium: ["bare", "peerjs-unordered", "simple-peer-lossy", "clayground"],
  node: ["bare", "clayground"],
};

/** More than any contender gets through. */
const OFFERED_PER_SECOND = 200_000;

/**
 * How old states are when they arrive, when more are offered than can.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @param {"chromium" | "node"} runtime
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function states(stage, runtime) {
  const { stateMs } = settings;
  const measured = await onConnection(
    stage,
    runtime,
    CONTENDERS[runtime],
    settings.rounds,
    async (joiner, contender, host) => {
      await host.call("ages", contender);
      await joiner.call("states", contender, OFFERED_PER_SECOND, stateMs);
      await pause(PAUSE_MS);
      return host.call("ages", contender);
    },
  );
  const medians = new Map([...measured].map(([contender, rounds]) => [contender, rounds.map((round) => round.median)]));
  return {
    id: `states-${runtime}`,
    title: `States, more than arrive, ${RUNTIME_NAMES[runtime]}`,
    unit: "ms",
    better: "less",
    method: `How old states of about 200 bytes of JSON are when they arrive on a lossy channel, while more are offered than any gets through (dropped at the sender beyond 64 KiB of queue; ours replaces what has not left); ${settings.rounds} rounds of ${stateMs / 1000} s. PeerJS has no lossy channel, its unordered one resends.`,
    rows: rowsOf(medians, (contender) => {
      const rounds = measured.get(contender) ?? [];
      return {
        "99 %": median(rounds.map(({ most }) => most)),
        "arrived /s": median(rounds.map(({ count }) => count / (stateMs / 1000))),
      };
    }),
    goals: [],
  };
}
