/**
 * For tests that run at once and then wait, or measure: each gives what it prepares, and goes on with it when all that have
 * begun are prepared, or have failed. So nobody's wait is held up by the start of somebody else's browsers.
 */
export function together(): <T>(preparing: Promise<T>) => Promise<T> {
  let unprepared = 0;
  let open: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return async (preparing) => {
    unprepared += 1;
    try {
      return await preparing;
    } finally {
      unprepared -= 1;
      if (unprepared === 0) open();
      await opened;
    }
  };
}
