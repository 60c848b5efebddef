/** Where exceptions of handlers go. */
export type Report = (error: unknown) => void;

/**
 * The same function, but nothing that it throws gets out. An exception that passes through a callback into
 * libdatachannel's binding aborts the process ("terminate called after throwing Napi::Error").
 */
export function shield<A extends unknown[]>(report: Report, call: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      call(...args);
    } catch (error) {
      try {
        report(error);
      } catch {
        // Whoever shows errors must not bring the process down either.
      }
    }
  };
}
