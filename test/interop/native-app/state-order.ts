import type { JsonObject } from "./json.ts";

/** Which state of each origin was the newest. */
export class StateOrder {
  readonly #newest = new Map<string, number>();
  /** How many came too late. */
  dropped = 0;

  /** One without `q` is always taken. `q` is made a uint32, so that one near 2^32 blocks all that follow (S3). */
  takes(frame: JsonObject, origin: string): boolean {
    if (!("q" in frame)) return true;
    const q = Number(typeof frame["q"] === "number" ? frame["q"] : 0) >>> 0;
    if (q <= (this.#newest.get(origin) ?? 0)) {
      this.dropped += 1;
      return false;
    }
    this.#newest.set(origin, q);
    return true;
  }

  forget(origin: string): void {
    this.#newest.delete(origin);
  }
}
