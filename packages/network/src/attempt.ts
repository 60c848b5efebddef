import type { NetworkError } from "./errors.ts";
import type { Platform } from "./platform/platform.ts";

/** One call of `host()` or `join()`: a promise that settles once, by success, failure, time or abort. */
export interface Attempt {
  readonly promise: Promise<void>;
  /** Settles it: with an error, or without one by success. */
  settle(error?: NetworkError): void;
}

/**
 * Starts the clock of an attempt.
 *
 * @param timeout milliseconds, 0 for none
 * @param onTimeout called when time is up; it has to settle the attempt
 * @param onAbort the same, when the signal aborts
 */
export function startAttempt(
  platform: Platform,
  timeout: number,
  signal: AbortSignal | undefined,
  onTimeout: () => void,
  onAbort: () => void,
): Attempt {
  const timer = timeout > 0 ? platform.setTimeout(onTimeout, timeout) : undefined;
  signal?.addEventListener("abort", onAbort);
  let settle!: Attempt["settle"];
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => {
      platform.clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      if (error) reject(error);
      else resolve();
    };
  });
  return { promise, settle };
}
