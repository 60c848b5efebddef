import { bestLatency, peerStatsOf, syncStatsOf } from "./diagnostics/peer-stats.ts";
import { NO_TIMING } from "./diagnostics/phase-timer.ts";
import type { NetworkSnapshot } from "./events.ts";
import { NO_NODES } from "./session/session.ts";
import type { Session } from "./session/session.ts";

/** The part of the state that is set; statistics are read from the session when they are asked for. */
export type SettableState = Omit<NetworkSnapshot, "peerStats" | "syncStats">;

export const DISCONNECTED: SettableState = Object.freeze({
  networkId: "",
  nodeId: "",
  isHost: false,
  connected: false,
  status: "disconnected",
  nodeCount: 0,
  nodes: NO_NODES,
  connectionPhase: "",
  phaseTiming: NO_TIMING,
  latency: -1,
});

/** The names of everything readable. */
export const READABLE: readonly (keyof NetworkSnapshot)[] = [
  ...(Object.keys(DISCONNECTED) as (keyof SettableState)[]),
  "peerStats",
  "syncStats",
];

/** Everything readable of a network in one place: tells which property changed, and hands out snapshots. */
export class NetworkState {
  readonly #changed: (name: keyof NetworkSnapshot) => void;
  readonly #now: () => number;
  #state: SettableState = DISCONNECTED;
  #session: Session | undefined;
  #snapshot: NetworkSnapshot | undefined;

  /** @param changed called for each property that has another value now */
  constructor(now: () => number, changed: (name: keyof NetworkSnapshot) => void) {
    this.#now = now;
    this.#changed = changed;
  }

  get current(): SettableState {
    return this.#state;
  }

  /** One value; statistics are made when they are asked for. */
  get<K extends keyof NetworkSnapshot>(name: K): NetworkSnapshot[K];
  get(name: keyof NetworkSnapshot): unknown {
    const session = this.#session;
    if (name === "peerStats") return session ? peerStatsOf(session) : {};
    if (name === "syncStats") return session ? syncStatsOf(session, this.#now()) : {};
    return this.#state[name];
  }

  /** Where statistics come from. */
  observe(session: Session | undefined): void {
    this.#session = session;
  }

  set(changes: Partial<SettableState>): void {
    const before = this.#state;
    this.#state = { ...before, ...changes };
    for (const name of Object.keys(changes) as (keyof SettableState)[])
      if (before[name] !== Object.freeze(this.#state[name])) this.#touch(name);
    // Statistics are by node.
    if (before.nodes !== this.#state.nodes) this.measured();
  }

  /** Statistics are new. */
  measured(): void {
    this.set({ latency: this.#session ? bestLatency(this.#session) : -1 });
    this.#touch("peerStats");
    this.#touch("syncStats");
  }

  /** The same object until something changed. */
  snapshot(): NetworkSnapshot {
    this.#snapshot ??= Object.freeze({
      ...this.#state,
      peerStats: Object.freeze(this.get("peerStats")),
      syncStats: Object.freeze(this.get("syncStats")),
    });
    return this.#snapshot;
  }

  #touch(name: keyof NetworkSnapshot): void {
    this.#snapshot = undefined;
    this.#changed(name);
  }
}
