/** Seeded random numbers, so that a failure repeats. */
export interface Random {
  /** A whole number from 0, below `count`. */
  below(count: number): number;
  pick<T>(values: readonly T[]): T;
}

/** Mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return {
    below,
    pick: <T>(values: readonly T[]) => values[below(values.length)] as T,
  };
}
