import { NetworkError } from "./errors.ts";
import type { Platform, TimerHandle } from "./platform/platform.ts";

/** One call of `host()` or `join()`: a promise that settles once, by success, failure, time or abort. */
export class Attempt {
  readonly promise: Promise<void>;
  readonly #platform: Platform;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  #timer: TimerHandle;
  #resolve!: () => void;
  #reject!: (error: NetworkError) => void;

  /**
   * @param timeout milliseconds, 0 for none
   * @param onTimeout called when time is up; it has to end the attempt by `fail`
   * @param onAbort the same, when the signal aborts
   */
  constructor(platform: Platform, timeout: number, signal: AbortSignal | undefined, onTimeout: () => void, onAbort: () => void) {
    this.#platform = platform;
    this.#signal = signal;
    this.promise = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#onAbort = onAbort;
    signal?.addEventListener("abort", onAbort);
    if (timeout > 0) this.#timer = platform.setTimeout(onTimeout, timeout);
  }

  succeed(): void {
    this.#settle();
    this.#resolve();
  }

  fail(error: NetworkError): void {
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.#platform.clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}

/** The error of an attempt that its caller, or `leave()`, has ended. */
export function aborted(signal?: AbortSignal): NetworkError {
  return new NetworkError("aborted", "", {}, signal?.reason);
}
