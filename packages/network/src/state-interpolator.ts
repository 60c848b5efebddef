import { browserPlatform } from "./platform/browser.ts";

/** Options of {@link StateInterpolator}. */
export interface StateInterpolatorOptions {
  /** How far in the past the shown state lies, in milliseconds; covers the gaps between updates. @default 120 */
  delayMs?: number;
  /** How long movement goes on when updates stop, in milliseconds. @default 200 */
  maxExtrapolationMs?: number;
  /** Members that are angles, turned over the shortest arc. @default [] */
  angleKeys?: readonly string[];
  /** A whole turn in the unit of the angles: 2π for radians, 360 for degrees. @default 2π */
  fullTurn?: number;
  /** Where time comes from, in milliseconds. @default performance.now() */
  now?: () => number;
}

interface Snapshot {
  readonly at: number;
  readonly state: Readonly<Record<string, unknown>>;
}

/** Snapshots kept: at 60 updates/s more than half a second, far above any sensible delay. */
const MAX_SNAPSHOTS = 64;

/**
 * Smooth movement from state updates that come 10 to 60 times a second and unevenly: it shows the
 * state of a moment ago, between the two updates around it. Numbers are interpolated, everything else
 * is taken from the older of the two.
 *
 * @example
 * ```ts
 * type Ball = { x: number; y: number; angle: number };
 * const game = new Network<{ state: Ball }>();
 * const ball = new StateInterpolator<Ball>({ angleKeys: ["angle"] });
 * game.on("stateReceived", (from, state) => ball.push(state));
 * requestAnimationFrame(() => ball.active && draw(ball.value!));
 * ```
 */
export class StateInterpolator<S extends object = Record<string, unknown>> {
  /** How far in the past the shown state lies, in milliseconds. */
  delayMs: number;
  /** How long movement goes on when updates stop, in milliseconds. */
  maxExtrapolationMs: number;
  readonly #angleKeys: ReadonlySet<string>;
  readonly #fullTurn: number;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #snapshots: Snapshot[] = [];

  constructor(options: StateInterpolatorOptions = {}) {
    this.delayMs = options.delayMs ?? 120;
    this.maxExtrapolationMs = options.maxExtrapolationMs ?? 200;
    this.#angleKeys = new Set(options.angleKeys);
    this.#fullTurn = options.fullTurn ?? 2 * Math.PI;
    this.#now = options.now ?? browserPlatform().now;
  }

  /** Whether there is anything to show. */
  get active(): boolean {
    return this.#snapshots.length > 0;
  }

  /** The state to show now; `undefined` before the first update. */
  get value(): S | undefined {
    const snapshots = this.#snapshots;
    const newest = snapshots.at(-1);
    if (!newest) return undefined;
    const at = this.#now() - this.delayMs;
    const later = snapshots.findIndex((snapshot) => snapshot.at > at);
    if (later === 0) return { ...snapshots[0]!.state } as S;
    if (later > 0) return this.#between(snapshots[later - 1]!, snapshots[later]!, at);
    const before = snapshots.at(-2);
    if (!before) return { ...newest.state } as S;
    return this.#between(before, newest, Math.min(at, newest.at + this.maxExtrapolationMs));
  }

  /**
   * Takes an update.
   *
   * @param at when it happened, in milliseconds on the clock of `now`; default: now. Older than the newest is ignored.
   */
  push(state: S, at: number = this.#now()): void {
    const newest = this.#snapshots.at(-1);
    if (newest && at <= newest.at) {
      // Two updates in one millisecond: the later one is the truth.
      if (at < newest.at) return;
      this.#snapshots.pop();
    }
    this.#snapshots.push({ at, state: { ...state } as Record<string, unknown> });
    if (this.#snapshots.length > MAX_SNAPSHOTS) this.#snapshots.shift();
    for (const listener of [...this.#listeners]) listener();
  }

  /** Forgets everything, as after a teleport: the next update is shown at once. */
  reset(): void {
    this.#snapshots = [];
  }

  /** Calls back after each update that was taken. Returns its undo. */
  updated(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** `at` may lie after `b`: then the movement from `a` to `b` goes on. */
  #between(a: Snapshot, b: Snapshot, at: number): S {
    const share = (at - a.at) / (b.at - a.at);
    const state: Record<string, unknown> = { ...(share < 1 ? a.state : b.state) };
    for (const [key, to] of Object.entries(b.state)) {
      const from = a.state[key];
      if (typeof from !== "number" || typeof to !== "number") continue;
      state[key] = from + (this.#angleKeys.has(key) ? this.#shortest(to - from) : to - from) * share;
    }
    return state as S;
  }

  /** The same turn within half a turn to either side. */
  #shortest(angle: number): number {
    return angle - this.#fullTurn * Math.round(angle / this.#fullTurn);
  }
}
