import type { ClientQuery } from "../src/client-query.ts";
import { Counters } from "../src/counters.ts";
import { outgoingText } from "../src/forwarded-frame.ts";
import { DEFAULT_LIMITS, type RealmLimits } from "../src/limits.ts";
import { Realm, type RealmEffect } from "../src/realm.ts";

/** A realm with a clock that the test moves, and what its sockets got. */
export class Scene {
  readonly counters: Counters = new Counters();
  readonly realm: Realm;
  now = 1000;

  constructor(limits: Partial<RealmLimits> = {}) {
    this.realm = new Realm("peerjs", { ...DEFAULT_LIMITS, ...limits }, this.counters);
  }

  connect(socket: number, id: string, query: ClientQuery = {}, address = "192.0.2.1"): string[] {
    return shown(
      this.realm.handle(
        { type: "connected", socket, query: { id, token: "t", key: "peerjs", ...query }, address },
        this.now,
      ),
    );
  }

  send(socket: number, frame: object | string): string[] {
    const text = typeof frame === "string" ? frame : JSON.stringify(frame);
    return shown(this.realm.handle({ type: "received", socket, frame: Buffer.from(text) }, this.now));
  }

  strain(socket: number): string[] {
    return shown(this.realm.handle({ type: "strained", socket }, this.now));
  }

  disconnect(socket: number, clean = true): void {
    this.realm.handle({ type: "disconnected", socket, clean }, this.now);
  }

  after(ms: number): string[] {
    this.now += ms;
    return shown(this.realm.handle({ type: "ticked" }, this.now));
  }
}

/** Effects as texts. */
export function shown(effects: readonly RealmEffect[]): string[] {
  return effects.flatMap((effect) => {
    if (effect.type === "accept") return [];
    return [`${effect.socket} ${effect.type === "send" ? outgoingText(effect.frame) : `closed ${effect.code}`}`];
  });
}

/** An offer to somebody. */
export const offerTo = (dst: string): object => ({ type: "OFFER", dst, payload: { n: 1 } });
