/** No step takes nearly as long; one that does hangs, and says so instead. */
const LIMIT_MS = 60_000;

/**
 * @template T
 * @param {Promise<T>} step
 * @param {string} name
 * @returns {Promise<T>}
 */
export async function inTime(step, name) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((/** @type {(value: never) => void} */ _, reject) => {
    timer = setTimeout(() => reject(new Error(`"${name}" took longer than ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  return Promise.race([step, late]).finally(() => clearTimeout(timer));
}
