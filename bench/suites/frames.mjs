import { growthRows } from "../report/growth.mjs";
import { median } from "../report/statistics.mjs";
import { settings } from "../settings.mjs";

/** @typedef {import("../report/result.mjs").Result} Result */
/** @typedef {import("../frames/measure-formats.mjs").Cost} Cost */

/** A message by itself, and as many as one turn of a burst had in one packet of 16 KiB. */
const COUNTS = [1, 130];

/** What this library sends, and what the ratios are to. */
const CHOSEN = "lines of text";
const BEFORE = "JSON frames";

/**
 * What formats of messages cost in each runtime: why this library sends what it sends.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<Result[]>}
 */
export async function frames(stage) {
  /** @type {Result[]} */
  const results = [];
  for (const runtime of /** @type {const} */ (["chromium", "firefox", "node"])) {
    results.push(
      await stage.group([runtime], async ([participant]) => {
        if (!participant) throw new Error("nobody there");
        /** @type {Record<string, Cost>[][]} */
        const steps = [];
        for (const count of COUNTS) {
          await participant.call("formats", count, settings.frames.ms); // warm-up
          /** @type {Record<string, Cost>[]} */
          const rounds = [];
          while (rounds.length < settings.frames.rounds)
            rounds.push(await participant.call("formats", count, settings.frames.ms));
          steps.push(rounds);
        }
        return resultOf(runtime, steps);
      }),
    );
  }
  return results;
}

/**
 * @param {string} runtime
 * @param {Record<string, Cost>[][]} steps
 * @returns {Result}
 */
function resultOf(runtime, steps) {
  const names = Object.keys(steps[0]?.[0] ?? {});
  const of = (/** @type {string} */ name, /** @type {(cost: Cost) => number} */ pick) =>
    steps.map((rounds) => rounds.flatMap((round) => (round[name] ? [pick(round[name])] : [])));
  const lines = names.map((name) => ({
    name,
    kind:
      name === CHOSEN
        ? /** @type {const} */ ("ours")
        : name === BEFORE
          ? /** @type {const} */ ("floor")
          : /** @type {const} */ ("other"),
    isDashed: false,
    rounds: of(name, ({ encode, decode }) => encode + decode),
  }));
  const growth = { of: "messages at once", steps: COUNTS, lines };
  const rows = growthRows(growth, BEFORE).map((row) => {
    /** @type {Record<string, number>} */
    const more = { ...row.more };
    for (const what of /** @type {const} */ (["encode", "decode", "passOn", "bytes"])) {
      const [one = [], many = []] = of(row.contender, (cost) => cost[what]);
      const title = what === "passOn" ? "pass on" : what;
      more[`${title}, ${COUNTS[1]}`] = median(many);
      more[`${title}, 1`] = median(one);
    }
    return { ...row, more };
  });
  return {
    id: `frames-${runtime}`,
    title: `Formats of messages, ${runtime}`,
    unit: "µs",
    better: "less",
    method: `Encoding and decoding, for one message of about 120 bytes of JSON, when ${COUNTS.join(" or ")} leave at once; passing on is reading what a host needs and adding the sender's id. **${BEFORE}**: one for each message, as existing apps send them. **${CHOSEN}**: a head for all and a line that is a JSON array, in one text. **lines in bytes**: the same in UTF-8. **MessagePack**: by hand. Without a channel, which turns text into UTF-8 natively; bytes as on the channel. ${settings.frames.rounds} rounds.`,
    rows,
    goals: [],
    floor: BEFORE,
    growth,
  };
}
