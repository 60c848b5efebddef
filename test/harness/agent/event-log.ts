import type { Condition, EventName, RecordedEvent } from "./protocol.ts";

interface Waiting {
  condition: Condition;
  settle: (met: RecordedEvent | null) => void;
}

/** Everything that happened to one node, in order, and whoever waits for something to happen. */
export class EventLog {
  readonly #events: RecordedEvent[] = [];
  readonly #counts = new Map<EventName, number>();
  readonly #property: (name: string) => unknown;
  #waiting: Waiting[] = [];

  constructor(property: (name: string) => unknown) {
    this.#property = property;
  }

  record(name: EventName, args: unknown[]): void {
    this.#events.push({ index: this.#events.length, at: performance.now(), name, args });
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.check();
  }

  since(index: number): RecordedEvent[] {
    return this.#events.slice(index);
  }

  /** Resolves with the event, or null for a condition that is not one event. Never times out: the test does. */
  waitFor(condition: Condition): Promise<RecordedEvent | null> {
    return new Promise((settle) => {
      this.#waiting.push({ condition, settle });
      this.check();
    });
  }

  /** Looks at every condition again; called whenever something may have changed. */
  check(): void {
    if (this.#waiting.length === 0) return;
    this.#waiting = this.#waiting.filter(({ condition, settle }) => {
      const met = this.#met(condition);
      if (met !== undefined) settle(met);
      return met === undefined;
    });
  }

  #met(condition: Condition): RecordedEvent | null | undefined {
    if ("property" in condition) {
      return same(this.#property(condition.property), condition.is) ? null : undefined;
    }
    if ("atLeast" in condition) {
      return (this.#counts.get(condition.event) ?? 0) >= condition.atLeast ? null : undefined;
    }
    const { event, args = [], since = 0 } = condition;
    return this.#events.find(
      (seen) => seen.index >= since && seen.name === event && args.every((arg, at) => same(seen.args[at], arg)),
    );
  }
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
