/** What passes time; a test has one that it moves by hand. */
export interface Clock {
  /** Milliseconds since 1970, as files have them. */
  now(): number;
  /** Calls back once; returns what prevents it. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back again and again; returns what ends it. */
  every(ms: number, callback: () => void): () => void;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms);
    return () => clearInterval(timer);
  },
};
