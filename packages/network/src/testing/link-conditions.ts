/** How one direction between two machines behaves. */
export interface LinkConditions {
  /** One-way delay in milliseconds. @default 1 */
  readonly delay: number;
  /** Up to so many milliseconds more, evenly spread; makes unordered packets overtake each other. @default 0 */
  readonly jitter: number;
  /** Probability that a packet of 1,200 bytes is lost; larger messages take several. @default 0 */
  readonly loss: number;
  /** Probability that a message on a lossy channel arrives twice. @default 0 */
  readonly duplicate: number;
  /** Probability that a message is held back by 5 to 50 ms more, so that later ones overtake it. @default 0 */
  readonly reorder: number;
  /** Bytes per second; more waits in a queue. @default Infinity */
  readonly rate: number;
  /** Nothing passes, and nobody is told. @default false */
  readonly cut: boolean;
}

export const PERFECT_LINK: LinkConditions = {
  delay: 1,
  jitter: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  rate: Infinity,
  cut: false,
};

/**
 * The conditions with some of them changed.
 *
 * @throws RangeError when a value is out of its range
 */
export function withConditions(base: LinkConditions, changes: Partial<LinkConditions>): LinkConditions {
  const next = { ...base, ...changes };
  for (const name of ["delay", "jitter"] as const) {
    if (!(next[name] >= 0 && next[name] < Infinity)) throw new RangeError(`${name} is ${next[name]}, not 0 ms or more`);
  }
  for (const name of ["loss", "duplicate", "reorder"] as const) {
    if (!(next[name] >= 0 && next[name] <= 1)) throw new RangeError(`${name} is ${next[name]}, not from 0 to 1`);
  }
  if (!(next.rate > 0)) throw new RangeError(`rate is ${next.rate}, not more than 0 bytes/s`);
  return next;
}
