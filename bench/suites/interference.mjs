import { OURS } from "../report/result.mjs";
import { median, quantile } from "../report/statistics.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { interleave, pause } from "../stage/interleave.mjs";
import { linkedPair } from "../stage/linked-pair.mjs";

/** @typedef {{ idle: number[], busy: number[], rate: number }} Measured Round trips in milliseconds, bytes that the link carried in a millisecond. */

/** A link of 8 Mbit/s, 20 ms away, with the queue of a common router. */
const LINK = { delay: 20, rate: 1_000_000, queue: 256 * 1024, loss: 0 };

const TRANSFER = 50_000_000;
const CONTENDERS = ["bare, one channel", "bare, two channels", OURS];

/** Between two round trips, in milliseconds. */
const GAP = 50;

/** How much longer a round trip may take during a transfer. */
const LIMIT = 2;

/**
 * How long a small message takes to the host and back while a large one is on its way.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function interference(stage) {
  const { rounds, idleMs, busyMs } = settings.interference;
  /** @type {Map<string, Measured[]>} */
  const measured = await linkedPair(stage, async (host, joiner, link) => {
    await link.call("change", LINK);
    /**
     * @param {string} contender
     * @returns {Promise<Measured>}
     */
    const measure = async (contender) => {
      const code = await host.call("host", contender);
      await joiner.call("join", contender, code);
      await pause(PAUSE_MS);
      const idle = await joiner.call("pingsFor", contender, idleMs, GAP);
      await joiner.call("beginBulk", contender, TRANSFER);
      await pause(idleMs / 2);
      const before = await link.call("carried");
      const started = performance.now();
      const busy = await joiner.call("pingsFor", contender, busyMs, GAP);
      const rate = ((await link.call("carried")) - before) / (performance.now() - started);
      await joiner.call("leave", contender);
      await host.call("leave", contender);
      await pause(PAUSE_MS);
      return { idle, busy, rate };
    };
    return interleave(rounds, CONTENDERS, measure);
  });
  const rows = [...measured].map(([contender, all]) => {
    const times = all.map(({ idle, busy }) => median(busy) / median(idle));
    const worst = all.map(({ idle, busy }) => quantile(busy, 0.95) / median(idle));
    const more = {
      "95 %": median(worst),
      "idle ms": median(all.map(({ idle }) => median(idle))),
      "during ms": median(all.map(({ busy }) => median(busy))),
      "kB/s carried": median(all.map(({ rate }) => rate)),
    };
    return { contender, rounds: times, value: median(times), ratio: undefined, more };
  });
  const ours = rows.find(({ contender }) => contender === OURS);
  const goal = (/** @type {string} */ what, actual = Number.NaN) => {
    return { text: `${what} during a transfer ≤ ${LIMIT} × idle`, actual, isMet: actual <= LIMIT };
  };
  return {
    id: "interference-node",
    title: "Round trip during a transfer, two Node processes",
    unit: "× idle",
    better: "less",
    method: `A message of about 120 bytes of JSON to the host and back, one every ${GAP} ms, while ${TRANSFER / 1e6} MB go to the host, to the same before; over a link of ${LINK.rate / 1e6} MB/s, ${LINK.delay} ms each way, with a queue of ${LINK.queue / 1024} KiB (forwarded in a process of its own); ${rounds} rounds of ${busyMs / 1000} s. **bare**: in pieces of 16 KiB, never more than 256 KiB of them waiting, on the same channel or on one of their own. A message that is not back at the end took until then. ${OURS}: one \`sendTo\`.`,
    rows,
    goals: [goal("a round trip", ours?.value), goal("95 % of the round trips", ours?.more["95 %"])],
    limit: LIMIT,
  };
}
