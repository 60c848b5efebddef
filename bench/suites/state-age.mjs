import { growthRows } from "../report/growth.mjs";
import { OURS } from "../report/result.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { interleave, pause } from "../stage/interleave.mjs";
import { linkedPair } from "../stage/linked-pair.mjs";

/** @typedef {import("../agent/seat.mjs").Arrival} Arrival */
/** @typedef {{ ages: number[], rate: number }} Measured Of each second the most, in milliseconds; states a second. */

/** 100 kbit/s, 20 ms away, and a queue of 5 s, as routers before slow links have it. */
const LINK = { delay: 20, rate: 12_500, queue: 64 * 1024, loss: 0 };

const PER_SECOND = 60;

/** How old a state may become, in milliseconds. */
const LIMIT = 250;

/** Each with how it sends. */
const CONTENDERS = new Map([
  ["bare, reliable", { kind: "bare", lane: /** @type {const} */ ("messages") }],
  ["bare, lossy", { kind: "bare", lane: /** @type {const} */ ("states") }],
  [OURS, { kind: OURS, lane: /** @type {const} */ ("states") }],
]);

/**
 * How old a receiver's newest state becomes over a link that is too slow for all of them, second by second.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function stateAge(stage) {
  const { rounds, seconds } = settings.stateAge;
  /** @type {Map<string, Measured[]>} */
  const measured = await linkedPair(stage, (host, joiner, link) => {
    const measure = async (/** @type {string} */ name) => {
      const { kind, lane } = CONTENDERS.get(name) ?? { kind: name, lane: "states" };
      await link.call("change", { ...LINK, rate: 1_000_000 });
      const code = await host.call("host", kind);
      await joiner.call("join", kind, code);
      await pause(PAUSE_MS);
      await link.call("change", LINK);
      await joiner.call("stamps", kind, [lane], PER_SECOND, seconds * 1000);
      const arrivals = (await host.call("arrivals", kind))[lane];
      await joiner.call("leave", kind);
      await host.call("leave", kind);
      await pause(PAUSE_MS);
      return { ages: agesBySecond(arrivals, seconds), rate: arrivals.length / seconds };
    };
    return interleave(rounds, [...CONTENDERS.keys()], measure);
  });
  const lines = [...measured].map(([name, all]) => ({
    name,
    kind: name === OURS ? /** @type {const} */ ("ours") : /** @type {const} */ ("floor"),
    isDashed: name === "bare, lossy",
    rounds: Array.from({ length: seconds }, (_, second) => all.map(({ ages }) => ages[second] ?? Number.NaN)),
  }));
  const growth = { of: "seconds", steps: lines[0]?.rounds.map((_, second) => second + 1) ?? [], lines };
  const ages = (measured.get(OURS) ?? []).flatMap((round) => round.ages);
  const actual = Math.max(...ages);
  const rows = growthRows(growth, "").map((row) => {
    const all = measured.get(row.contender) ?? [];
    const most = Math.max(...all.flatMap((round) => round.ages));
    const some = Object.entries(row.more).filter((_, second) => [0, 4, 9].includes(second));
    const arrived = all.reduce((sum, { rate }) => sum + rate, 0) / all.length;
    return { ...row, more: { ...Object.fromEntries(some), "the most": most, "arrived /s": arrived } };
  });
  return {
    id: "state-age-node",
    title: "Age of states over 100 kbit/s, two Node processes",
    unit: "ms",
    better: "less",
    method: `The most that the receiver's newest state is old within each second, while ${PER_SECOND} states/s of about 200 bytes are sent for ${seconds} s over a link of 100 kbit/s, 20 ms away, with a queue of 64 KiB: more than it carries. **reliable**: the same on one reliable channel. **lossy**: unordered, never repeated, not sent beyond 64 KiB of queue. ${rounds} rounds.`,
    rows,
    goals: [{ text: `no state older than ${LIMIT} ms`, actual, isMet: actual < LIMIT }],
    limit: LIMIT,
    growth,
  };
}

/**
 * The most that the newest state was old in each second since the first one was sent.
 * @param {readonly Arrival[]} arrivals
 * @param {number} seconds
 */
function agesBySecond(arrivals, seconds) {
  const first = arrivals[0];
  const ages = Array.from({ length: seconds }, () => 0);
  if (!first) return ages.map(() => Number.POSITIVE_INFINITY);
  const start = first.sentAt;
  const end = start + seconds * 1000;
  let newest = first;
  /** @type {(from: number, to: number) => void} */
  const seen = (from, to) => {
    for (let second = Math.floor((from - start) / 1000); second <= (to - start) / 1000 && second < seconds; second++) {
      const until = Math.min(to, start + (second + 1) * 1000);
      ages[second] = Math.max(ages[second] ?? 0, until - newest.sentAt);
    }
  };
  let since = first.cameAt;
  for (const arrival of arrivals) {
    if (arrival.n < newest.n) continue;
    seen(since, arrival.cameAt);
    newest = arrival;
    since = arrival.cameAt;
  }
  seen(since, Math.max(since, end));
  return ages;
}
