/**
 * Measures the contenders in turn, round by round (A B C, B C A, C A B, …), so that whatever the machine does besides hits
 * all, and nobody always comes after the same one.
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
    const first = round % contenders.length;
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)])
      results.get(contender)?.push(await measure(contender));
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
