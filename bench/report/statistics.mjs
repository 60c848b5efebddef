/**
 * The value below which this share of the samples lies (nearest rank).
 * @param {readonly number[]} samples
 * @param {number} share From 0 to 1.
 */
export function quantile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** @param {readonly number[]} samples */
export function median(samples) {
  return quantile(samples, 0.5);
}

/** @param {readonly number[]} samples */
export function mean(samples) {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}
