import type { MemoryNetwork } from "../memory-network.ts";

/** Time as a scenario sees it: virtual in a {@link MemoryNetwork}, else real. */
export interface Waiting {
  /** Milliseconds since some beginning. */
  now(): number;
  /** Waits for a promise; rejects when it takes longer than `limitMs`, default 20,000. */
  until<T>(promise: PromiseLike<T>, limitMs?: number): Promise<T>;
  sleep(ms: number): Promise<void>;
}

/** What a scenario runs in. */
export interface ScenarioContext extends Waiting {
  /** Frees what the setup made; called after the scenario, also when it failed. */
  close?(): Promise<void> | void;
}

/** One thing that must hold, as a story. It throws when it does not. */
export interface Scenario<C extends ScenarioContext> {
  readonly name: string;
  run(context: C): Promise<void>;
}

/** A scenario that brings its own surroundings: the name and body of a test in any runner. */
export interface AcceptanceTest {
  readonly name: string;
  run(): Promise<void>;
}

/** Gives each scenario a context of its own. */
export function bindScenarios<C extends ScenarioContext>(
  scenarios: readonly Scenario<C>[],
  setup: () => Promise<C> | C,
): readonly AcceptanceTest[] {
  return scenarios.map(({ name, run }) => ({
    name,
    run: async () => {
      const context = await setup();
      try {
        await run(context);
      } finally {
        await context.close?.();
      }
    },
  }));
}

const DEFAULT_LIMIT = 20_000;

/** Time that passes only while a scenario waits. */
export function virtualTime(net: MemoryNetwork): Waiting {
  return {
    now: () => net.now,
    until: (promise, limit = DEFAULT_LIMIT) => net.until(promise, { limit }),
    sleep: (ms) => net.advance(ms),
  };
}

/** Real time, for platforms that are real. */
export function realTime(): Waiting {
  return {
    now: () => performance.now(),
    until: (promise, limit = DEFAULT_LIMIT) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`The promise did not settle within ${limit} ms`)), limit);
        promise.then(resolve, reject).then(
          () => clearTimeout(timer),
          () => {},
        );
      }),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}
