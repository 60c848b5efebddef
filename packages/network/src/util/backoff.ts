/**
 * The pause before try number `attempt` (from 0): doubling, capped, and spread by ±25 %, so that all
 * nodes of a restarted server do not come back in the same instant.
 *
 * @param random a number from 0 to 1
 */
export function backoff(attempt: number, random: number, firstMs = 250, capMs = 10_000): number {
  return Math.min(capMs, firstMs * 2 ** Math.min(attempt, 16)) * (0.75 + random / 2);
}
