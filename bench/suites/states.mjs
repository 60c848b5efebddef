import { rowsOf } from "../report/result.mjs";
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
 * How many states a second arrive when more are offered than can.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @param {"chromium" | "node"} runtime
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function states(stage, runtime) {
  const { stateMs } = settings;
  const rates = await onConnection(
    stage,
    runtime,
    CONTENDERS[runtime],
    settings.rounds,
    async (joiner, contender, host) => {
      await host.call("received", contender);
      await joiner.call("states", contender, OFFERED_PER_SECOND, stateMs);
      await pause(PAUSE_MS);
      return (await host.call("received", contender)).states / (stateMs / 1000);
    },
  );
  return {
    id: `states-${runtime}`,
    title: `States, ${RUNTIME_NAMES[runtime]}`,
    unit: "/s",
    better: "more",
    method: `The same objects on a lossy channel, more offered than any gets through (dropped at the sender beyond 64 KiB of queue); ${settings.rounds} rounds of ${stateMs / 1000} s. PeerJS has no lossy channel, its unordered one resends.`,
    rows: rowsOf(rates),
    goals: [],
  };
}
