import { growthRows } from "../report/growth.mjs";
import { FLOOR, OURS } from "../report/result.mjs";
import { quantile } from "../report/statistics.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { interleave, pause } from "../stage/interleave.mjs";
import { linkedPair } from "../stage/linked-pair.mjs";

/** @typedef {import("../agent/seat.mjs").Arrival} Arrival */
/** @typedef {{ state: number, message: number, arrived: number, wrong: number }} Measured 99 % in milliseconds, share of the states, messages that are not once and in order. */

const LINK = { delay: 50, rate: 1_000_000, queue: 256 * 1024, loss: 0 };
const LOSSES = [5, 10, 20];
const LANES = /** @type {const} */ (["states", "messages"]);
const PER_SECOND = 60;

/** How old 99 % of the states may be when they come, in milliseconds. */
const LIMIT = 80;

/** How long resent messages may take in all, in milliseconds. */
const LATE = 15_000;

/**
 * How old states are when they come over a link that loses packets, and whether messages all come, once and in order.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function stateLoss(stage) {
  const { lossRounds: rounds, lossSeconds: seconds } = settings.stateAge;
  /** @type {Map<string, Measured[][]>} */
  const measured = await linkedPair(stage, (host, joiner, link) => {
    const measure = async (/** @type {string} */ contender) => {
      await link.call("change", LINK);
      // A connection for each: what is resent slows down everything on its own.
      for (const lane of LANES) {
        const code = await host.call("host", contender, false, lane);
        await joiner.call("join", contender, code, lane);
      }
      /** @type {Measured[]} */
      const steps = [];
      for (const loss of LOSSES) {
        await link.call("change", { ...LINK, loss: loss / 100 });
        const send = (/** @type {typeof LANES[number]} */ lane) =>
          joiner.call("stamps", lane, [lane], PER_SECOND, seconds * 1000);
        const [sent = 0] = await Promise.all(LANES.map(send));
        await pause(LINK.delay + PAUSE_MS);
        const { states } = await host.call("arrivals", "states");
        /** @type {Arrival[]} */
        const messages = [];
        for (const end = performance.now() + LATE; messages.length < sent && performance.now() < end;) {
          messages.push(...(await host.call("arrivals", "messages")).messages);
          await pause(PAUSE_MS);
        }
        steps.push({
          state: quantile(states.map(age), 0.99),
          message: quantile(messages.map(age), 0.99),
          arrived: states.length / sent,
          wrong: messages.filter(({ n }, index) => n !== index).length + sent - messages.length,
        });
      }
      await link.call("change", LINK);
      for (const lane of LANES) {
        await joiner.call("leave", lane);
        await host.call("leave", lane);
      }
      await pause(PAUSE_MS);
      return steps;
    };
    return interleave(rounds, [FLOOR, OURS], measure);
  });
  /** @type {(name: string, contender: string, what: "state" | "message") => import("../report/growth.mjs").Line} */
  const line = (name, contender, what) => ({
    name,
    kind: contender === OURS ? "ours" : "floor",
    isDashed: what === "message",
    rounds: LOSSES.map((_, step) => (measured.get(contender) ?? []).map((round) => round[step]?.[what] ?? Number.NaN)),
  });
  const growth = {
    of: "% lost",
    steps: LOSSES,
    lines: [
      line("bare, lossy", FLOOR, "state"),
      line(`${OURS}, states`, OURS, "state"),
      line("bare, reliable", FLOOR, "message"),
      line(`${OURS}, messages`, OURS, "message"),
    ],
  };
  const ours = (measured.get(OURS) ?? []).flat();
  const oldest = Math.max(...(growthRows(growth, "")[1]?.rounds ?? []));
  const wrong = ours.reduce((sum, one) => sum + one.wrong, 0);
  return {
    id: "state-loss-node",
    title: "Age of what comes over a link that loses packets, two Node processes",
    unit: "ms",
    better: "less",
    method: `99 % of the ages at the moment of arrival: ${PER_SECOND} states/s and as many messages/s, both of about 200 bytes and on a connection of their own, for ${seconds} s at each loss, over a link of ${LINK.delay} ms each way; ${rounds} rounds. Of the states ${percent(ours)} came, of the floor's ${percent((measured.get(FLOOR) ?? []).flat())}.`,
    rows: growthRows(growth, "bare, lossy"),
    goals: [
      {
        text: `99 % of the states within ${LIMIT} ms at ${LOSSES.at(-1)} % loss`,
        actual: oldest,
        isMet: oldest < LIMIT,
      },
      { text: "messages that do not come once and in order: 0", actual: wrong, isMet: wrong === 0 },
    ],
    limit: LIMIT,
    growth,
  };
}

/** @param {Arrival} arrival */
function age({ sentAt, cameAt }) {
  return cameAt - sentAt;
}

/**
 * How many of the states came, at each loss.
 * @param {readonly Measured[]} steps Of all rounds, one after the other.
 */
function percent(steps) {
  const shares = LOSSES.map((_, at) => steps.filter((_step, index) => index % LOSSES.length === at));
  return shares
    .map((some) => `${((some.reduce((sum, { arrived }) => sum + arrived, 0) / some.length) * 100).toFixed(0)} %`)
    .join(", ");
}
