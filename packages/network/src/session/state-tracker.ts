/** What is known about the state updates of one origin. */
export interface SyncStats {
  /** Sequence number of the newest update; 0 before the first. */
  readonly seq: number;
  /** Updates delivered. */
  readonly recv: number;
  /** Updates that came late and were dropped. */
  readonly dropped: number;
  /** Milliseconds since the newest update came; -1 before the first. */
  readonly ageMs: number;
}

interface Track {
  seq: number;
  recv: number;
  dropped: number;
  at: number;
}

/** Keeps older state from being delivered after newer, for each origin by itself (SPEC.md, F5). */
export class StateTracker {
  readonly #tracks = new Map<string, Track>();

  /** Whether an update is to be delivered. One without a number always is, as in existing apps. */
  accept(origin: string, seq: number | undefined, now: number): boolean {
    let track = this.#tracks.get(origin);
    if (!track) this.#tracks.set(origin, (track = { seq: 0, recv: 0, dropped: 0, at: now }));
    if (seq !== undefined && seq <= track.seq) {
      track.dropped++;
      return false;
    }
    track.seq = seq ?? track.seq;
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
    const { seq = 0, recv = 0, dropped = 0 } = this.#tracks.get(origin) ?? {};
    return { seq, recv, dropped, ageMs: Math.round(this.ageMs(origin, now)) };
  }
}
