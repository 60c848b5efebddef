/** Who has not connected after this many milliseconds never will. */
export const CONNECT_LIMIT = 15_000;

/**
 * Whether something comes about within `CONNECT_LIMIT`.
 * @param {Promise<void>} attempt
 */
export function isInTime(attempt) {
  const late = new Promise((/** @type {(isInTime: boolean) => void} */ resolve) => {
    setTimeout(() => resolve(false), CONNECT_LIMIT);
  });
  const done = attempt.then(
    () => true,
    (error) => {
      console.error(String(error));
      return false;
    },
  );
  return Promise.race([done, late]);
}
