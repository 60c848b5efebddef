/** What is known about the state updates of one origin. */
export interface SyncStats {
  /** Sequence number of the newest update; 0 before the first. */
  readonly seq: number;
  /** Updates delivered. */
  readonly recv: number;
  /** Updates that came late and were dropped. */
  readonly dropped: number;
  /** Updates that never came: lost, or replaced by newer ones before they left a node on the way. */
  readonly missed: number;
  /** Milliseconds since the newest update came; -1 before the first. */
  readonly ageMs: number;
}

/** Keys of one origin that are told apart: each costs memory. A further one counts with all others. */
const MAX_KEYS = 256;

interface Track {
  seq: number;
  recv: number;
  dropped: number;
  missed: number;
  /** The newest update of each key. */
  readonly keys: Map<string, number>;
  at: number;
}

/** Keeps older state from being delivered after newer, for each origin by itself (SPEC.md, F5). */
export class StateTracker {
  readonly #tracks = new Map<string, Track>();

  /** Whether an update is to be delivered. One without a number always is, as in existing apps. */
  accept(origin: string, seq: number | undefined, now: number, key: string = ""): boolean {
    let track = this.#tracks.get(origin);
    if (!track)
      this.#tracks.set(origin, (track = { seq: 0, recv: 0, dropped: 0, missed: 0, at: now, keys: new Map() }));
    const { keys } = track;
    const slot = keys.has(key) || keys.size < MAX_KEYS ? key : "";
    if (seq !== undefined) {
      const isOld = seq <= (keys.get(slot) ?? 0);
      // It was missed until now; the first one tells how many came before this node did.
      if (seq < track.seq) track.missed -= track.missed > 0 ? 1 : 0;
      else if (track.seq > 0 && seq > track.seq) track.missed += seq - track.seq - 1;
      if (isOld) {
        track.dropped++;
        return false;
      }
      keys.set(slot, seq);
      track.seq = Math.max(track.seq, seq);
    }
    track.recv++;
    track.at = now;
    return true;
  }

  /** A node left: if it comes back it counts from 1 again. */
  forget(origin: string): void {
    this.#tracks.delete(origin);
  }

  ageMs(origin: string, now: number): number {
    const track = this.#tracks.get(origin);
    return track ? now - track.at : -1;
  }

  stats(origin: string, now: number): SyncStats {
    const { seq = 0, recv = 0, dropped = 0, missed = 0 } = this.#tracks.get(origin) ?? {};
    return { seq, recv, dropped, missed, ageMs: Math.round(this.ageMs(origin, now)) };
  }
}
