/**
 * Measures the contenders in turn, round by round (A B C A B C …), so that whatever the machine does besides hits all.
 * @template T
 * @param {number} rounds
 * @param {readonly string[]} contenders
 * @param {(contender: string) => Promise<T>} measure
 * @returns {Promise<Map<string, T[]>>}
 */
export async function interleave(rounds, contenders, measure) {
  /** @type {Map<string, T[]>} */
  const results = new Map(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) results.get(contender)?.push(await measure(contender));
  }
  return results;
}

/**
 * Lets go what the last step left behind: closing connections on the other side, collections of garbage.
 * @param {number} ms
 */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
