import { PAUSE_MS } from "../settings.mjs";
import { interleave, pause } from "./interleave.mjs";

/**
 * Milliseconds that a joiner takes, from its call to the host's first word over the channel, for each contender in turn.
 * @param {import("./stage.mjs").Participant} host
 * @param {import("./stage.mjs").Participant} joiner
 * @param {readonly string[]} contenders
 * @param {number} rounds
 */
export async function joinRounds(host, joiner, contenders, rounds) {
  /** @type {Map<string, string>} */
  const codes = new Map();
  for (const contender of contenders) codes.set(contender, await host.call("host", contender));
  const join = async (/** @type {string} */ contender) => {
    const ms = await joiner.call("connect", contender, codes.get(contender) ?? "");
    await joiner.call("leave", contender);
    await pause(PAUSE_MS);
    return ms;
  };
  await interleave(2, contenders, join); // code that runs for the first time is slower
  return interleave(rounds, contenders, join);
}
