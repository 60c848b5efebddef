import { OURS } from "../report/result.mjs";
import { median } from "../report/statistics.mjs";
import { settings } from "../settings.mjs";
import { peakMemory, resetPeakMemory } from "../signaling/peak-memory.mjs";
import { withStand } from "../signaling/stand.mjs";
import { interleave, pause } from "../stage/interleave.mjs";

/** No floor: it has nothing that it could do about a flood. */
const CONTENDERS = ["peerserver", "clayground"];
const HONEST = 400;
const HOSTILE = 50;
/** Five a second for each pair. */
const ROUND_TRIPS_PER_SECOND = 1000;
/** An address number that no honest client has. */
const ELSEWHERE = 400;

/** @typedef {{ before: number, during: number, starved: number, gained: number, connects: number }} Flooded */

/**
 * What honest clients notice of hostile ones.
 * @param {"own" | "same"} addresses Whether the hostile ones have addresses of their own, or the honest ones'.
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function signalingFlood(addresses) {
  const { floodRounds, floodMs } = settings.signaling;
  const measured = await interleave(floodRounds, CONTENDERS, (name) =>
    withStand(name, (stand) => flood(stand, addresses)),
  );
  const rows = [...measured].map(([contender, all]) => {
    const middle = (/** @type {keyof Flooded} */ key) => median(all.map((one) => one[key]));
    const rounds = all.map(({ before, during }) => during / before);
    const more = {
      "before ms": middle("before"),
      "during ms": middle("during"),
      "starved pairs": middle("starved"),
      "MiB gained": middle("gained"),
      "hostile connects": middle("connects"),
    };
    return { contender, rounds, value: median(rounds), ratio: undefined, more };
  });
  const actual = rows.find(({ contender }) => contender === OURS)?.value ?? Number.NaN;
  const where = addresses === "own" ? "addresses of their own" : "the honest ones' addresses";
  return {
    id: `signaling-flood-${addresses}`,
    title: `Signaling server, flood from ${where}`,
    unit: "times as long",
    better: "less",
    method: `99 % of the round trips of ${HONEST / 2} honest pairs (${ROUND_TRIPS_PER_SECOND} a second) during a flood, to that before: ${HOSTILE} sockets with ${where} send valid, meaningless, large and too large frames, and frames to absent ids, as fast as they can, and connect again at once; ${floodRounds} rounds of ${floodMs / 1000} s.`,
    rows,
    goals: [{ text: "99 % of the round trips during a flood < 2 × before", actual, isMet: actual < 2 }],
  };
}

/**
 * @param {import("../signaling/stand.mjs").Stand} stand
 * @param {"own" | "same"} addresses
 * @returns {Promise<Flooded>}
 */
async function flood(stand, addresses) {
  const { floodMs } = settings.signaling;
  const honest = stand.clients();
  await honest.call("open", HONEST);
  await honest.call("pace", ROUND_TRIPS_PER_SECOND, 500, true);
  const rss = await stand.server.call("memory");
  const before = await honest.call("pace", ROUND_TRIPS_PER_SECOND, floodMs / 2, true);
  resetPeakMemory(stand.server.pid);
  const attackers = stand.attackers(addresses === "own" ? ELSEWHERE : 0);
  await attackers.call("start", HOSTILE);
  await pause(200);
  const during = await honest.call("pace", ROUND_TRIPS_PER_SECOND, floodMs, true);
  const gained = stand.server.isAlive ? (peakMemory(stand.server.pid) - rss) / 1024 : Number.NaN;
  const { connects } = await attackers.call("done");
  return { before: before.p99, during: during.p99, starved: during.lost, gained, connects };
}
