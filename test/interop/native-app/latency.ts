import type { Json } from "./json.ts";

/** Round-trip time in milliseconds, smoothed; it believes any `ts` (S5). */
export class Latency {
  value = -1;

  /** Whether it has changed. */
  answered(ts: Json | undefined, now: number): boolean {
    const before = this.value;
    const roundTrip = now - (typeof ts === "number" ? ts : 0);
    this.value = before < 0 ? roundTrip : Math.trunc(0.7 * before + 0.3 * roundTrip);
    return this.value !== before;
  }
}
