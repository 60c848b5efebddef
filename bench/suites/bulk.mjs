import { growthRows } from "../report/growth.mjs";
import { FLOOR, OURS } from "../report/result.mjs";
import { median } from "../report/statistics.mjs";
import { settings } from "../settings.mjs";
import { RUNTIME_NAMES } from "./contenders.mjs";
import { onConnection } from "./on-connection.mjs";

/** The floor cuts messages into pieces that all accept, by hand, each of these sizes. */
const FLOORS = ["bare 16 KiB", "bare 64 KiB", "bare 256 KiB"];

const CONTENDERS = {
  chromium: [...FLOORS, "peerjs-binary", "simple-peer", "trystero", OURS],
  node: [...FLOORS, OURS],
};

/** A quarter of the messages is enough of those that take longest. */
const SLOW = ["peerjs-binary", "trystero"];

const SIZES = new Map([
  ["120 B", 120],
  ["1 KiB", 1024],
  ["16 KiB", 16 * 1024],
  ["64 KiB", 64 * 1024],
  ["1 MiB", 1024 * 1024],
  ["16 MiB", 16 * 1024 * 1024],
]);

/** How much of the floor's best must be left. */
const SHARE = 0.95;

/**
 * How many bytes a second arrive, by the size of messages.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @param {"chromium" | "node"} runtime
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function bulk(stage, runtime) {
  const { rounds, bytes, messages } = settings.bulk;
  const rates = await onConnection(
    stage,
    runtime,
    CONTENDERS[runtime],
    rounds,
    async (joiner, contender, _host, isWarmUp) => {
      const most = SLOW.includes(contender) ? messages / 4 : messages;
      /** @type {number[]} */
      const steps = [];
      for (const size of SIZES.values()) {
        const count = Math.max(isWarmUp ? 1 : 2, Math.ceil(Math.min(bytes / (isWarmUp ? 4 : 1) / size, most)));
        steps.push((size * count) / 1000 / (await joiner.call("bulk", contender, size, count)));
      }
      return steps;
    },
  );
  const lastOf = (/** @type {string} */ contender) => median((rates.get(contender) ?? []).map((round) => last(round)));
  const best = FLOORS.reduce((one, other) => (lastOf(other) > lastOf(one) ? other : one));
  const lines = [...rates].map(([contender, all]) => ({
    name: contender,
    kind: kindOf(contender),
    isDashed: contender.startsWith(FLOOR) && contender !== best,
    rounds: [...SIZES.keys()].map((_, step) => all.map((round) => round[step] ?? Number.NaN)),
  }));
  const growth = { of: "size of a message", steps: [...SIZES.values()], labels: [...SIZES.keys()], lines };
  const rows = growthRows(growth, best);
  const actual = rows.find(({ contender }) => contender === OURS)?.ratio ?? Number.NaN;
  return {
    id: `bulk-${runtime}`,
    title: `Bytes, ${RUNTIME_NAMES[runtime]}`,
    unit: "MB/s",
    better: "more",
    method: `Bytes in reliable messages of a size, as fast as each contender takes them, until all have arrived: ${bytes / 1024 / 1024} MiB, but ${messages} messages at the most and two at the least; ${rounds} rounds. The floor cuts them into messages of at most that many KiB, waits by \`bufferedamountlow\` beyond 2 MiB, and puts nothing together. simple-peer is cut into 64 KiB by hand. Ours: \`sendTo\`, awaited beyond 4 MiB.`,
    rows,
    goals: [{ text: `MB/s ≥ ${SHARE} × ${best}, the best`, actual, isMet: actual >= SHARE }],
    floor: best,
    growth,
  };
}

/** @param {readonly number[]} round */
function last(round) {
  return round.at(-1) ?? Number.NaN;
}

/** @param {string} contender */
function kindOf(contender) {
  if (contender === OURS) return /** @type {const} */ ("ours");
  return contender.startsWith(FLOOR) ? /** @type {const} */ ("floor") : /** @type {const} */ ("other");
}
