import type { Platform } from "../platform/platform.ts";
import type { Outgoing } from "../transport/reliable-stream.ts";
import { StateLane } from "../transport/state-lane.ts";
import type { LinkPath } from "./link-path.ts";
import type { LinkStats } from "./link-stats.ts";

/** The states that a link carries, over whichever path it has. */
export class LinkStates {
  readonly #platform: Platform;
  readonly #stats: LinkStats;
  #path: LinkPath | undefined;
  #lane: StateLane | undefined;

  constructor(platform: Platform, stats: LinkStats) {
    this.#platform = platform;
    this.#stats = stats;
  }

  get channel(): "unreliable" | "fallback" {
    return this.#path?.hasStateChannel ? "unreliable" : "fallback";
  }

  /** Bytes that wait. */
  get backlog(): number {
    return (this.#lane?.backlog ?? 0) + (this.#path?.stateBacklog ?? 0);
  }

  /**
   * Goes on over this path, the first or another one.
   *
   * @param isPaced whether the other side tells how far it has heard
   */
  start(path: LinkPath, isPaced: boolean): void {
    this.#path = path;
    this.#lane ??= new StateLane({
      platform: this.#platform,
      stats: this.#stats,
      isPaced,
      send: (packet) => this.#path?.sendState(packet) ?? false,
    });
    this.#lane.restart();
  }

  /** Sends an update of this origin and key, unless a newer one comes before it could leave. */
  offer(slot: string, update: Outgoing): void {
    this.#lane?.offer(slot, update);
  }

  /** Passes on what another node's pace has let go; false when it is dropped. */
  pass({ head, text, bytes }: Outgoing): boolean {
    return this.#path?.sendState({ text: `{${head.slice(1)}}\n${text}`, bytes }) ?? false;
  }

  /** What the other side tells of its packets and of these here. */
  paced(frame: { readonly i?: number; readonly e?: number }): void {
    this.#lane?.paced(frame);
  }

  /** There may be room again. */
  pump(): void {
    this.#lane?.pump();
  }

  stop(): void {
    this.#lane?.stop();
    this.#lane = this.#path = undefined;
  }
}
