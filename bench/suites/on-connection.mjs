import { PAUSE_MS } from "../settings.mjs";
import { interleave, pause } from "../stage/interleave.mjs";

/** @typedef {import("../stage/stage.mjs").Participant} Participant */

/**
 * Measures something on a new connection for each contender in each round, after a warm-up.
 * @template T
 * @param {import("../stage/stage.mjs").Stage} stage
 * @param {"chromium" | "node"} runtime
 * @param {readonly string[]} contenders
 * @param {number} rounds
 * @param {(joiner: Participant, contender: string, host: Participant, isWarmUp: boolean) => Promise<T>} measure
 */
export function onConnection(stage, runtime, contenders, rounds, measure) {
  return stage.pair(runtime, runtime, async (host, joiner) => {
    /** @type {Map<string, string>} */
    const codes = new Map();
    for (const contender of contenders) codes.set(contender, await host.call("host", contender));
    const round = async (/** @type {string} */ contender, /** @type {boolean} */ isWarmUp) => {
      await joiner.call("join", contender, codes.get(contender) ?? "");
      await pause(PAUSE_MS); // the second channel opens, the first ping passes
      const result = await measure(joiner, contender, host, isWarmUp);
      await joiner.call("leave", contender);
      await pause(PAUSE_MS);
      return result;
    };
    await interleave(1, contenders, (contender) => round(contender, true));
    return interleave(rounds, contenders, (contender) => round(contender, false));
  });
}
