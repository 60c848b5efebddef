/**
 * In a child process: answers what `RemoteProcess` calls, and ends with its parent.
 * @param {object} methods
 */
export function answerCalls(methods) {
  const agent = /** @type {Record<string, (...args: unknown[]) => unknown>} */ (methods);
  process.on("message", (/** @type {{ id: number, method: string, args: unknown[] }} */ { id, method, args }) => {
    Promise.resolve()
      .then(() => agent[method]?.(...args))
      .then(
        (value) => process.send?.({ id, value }),
        (error) => process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
      );
  });
  process.on("disconnect", () => process.exit());
}
