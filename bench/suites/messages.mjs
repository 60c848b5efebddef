import { aboveOthersGoal, ratioGoal, rowsOf } from "../report/result.mjs";
import { settings } from "../settings.mjs";
import { RUNTIME_NAMES } from "./contenders.mjs";
import { onConnection } from "./on-connection.mjs";

const CONTENDERS = {
  chromium: ["bare", "peerjs", "peerjs-binary", "simple-peer", "trystero", "clayground"],
  node: ["bare", "clayground"],
};

/** How much batches must win. */
const TIMES = 3;

/** A quarter of the bursts is enough of those that take longest. */
const SLOW = ["peerjs-binary", "trystero"];
const FEW = Math.ceil(settings.bursts / 4);

/**
 * How many reliable messages a second arrive, sent in bursts of 1000.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @param {"chromium" | "node"} runtime
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function messages(stage, runtime) {
  const contenders = CONTENDERS[runtime];
  const rates = await onConnection(
    stage,
    runtime,
    contenders,
    settings.rounds,
    async (joiner, contender, _host, isWarmUp) => {
      const bursts = isWarmUp ? 4 : SLOW.includes(contender) ? FEW : settings.bursts;
      return (bursts * 1000) / ((await joiner.call("messages", contender, bursts)) / 1000);
    },
  );
  const rows = rowsOf(rates);
  const goals = [ratioGoal(rows, "messages/s", "≥", TIMES)];
  if (contenders.length > 2) goals.push(aboveOthersGoal(rows, "messages/s", TIMES));
  return {
    id: `messages-${runtime}`,
    title: `Reliable messages, ${RUNTIME_NAMES[runtime]}`,
    unit: "/s",
    better: "more",
    method: `Objects of about 120 bytes of JSON, parsed at the receiver, in bursts of 1000, at most four of them unconfirmed; ${settings.rounds} rounds of ${settings.bursts} bursts, of the slowest ${FEW}. PeerJS with JSON and with its own binary format.`,
    rows,
    goals,
  };
}
