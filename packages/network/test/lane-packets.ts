import type { PaceFrame, Packet, StateFrame } from "@clayground/protocol";
import { parseFrames, readBody } from "@clayground/protocol";
import { expect } from "vitest";
import type { Platform } from "../src/platform/platform.ts";
import type { VirtualClock } from "../src/testing/virtual-clock.ts";

/** What a lane needs of its platform, in virtual time. */
export function platformOf(clock: VirtualClock): Platform {
  const platform: Pick<Platform, "now" | "setTimeout" | "clearTimeout"> = {
    now: () => clock.now,
    setTimeout: (run, ms) => clock.schedule(ms, run),
    clearTimeout: (handle) => {
      if (handle) (handle as { isCanceled: boolean }).isCanceled = true;
    },
  };
  return platform as Platform;
}

/** Lets time pass. */
export const tick = (clock: VirtualClock, ms: number): Promise<void> => clock.advance(ms, () => {});

/** The pace frame of a packet, and its states: key and data. */
export function read(packet: Packet): { pace: PaceFrame | undefined; states: [string | undefined, unknown][] } {
  const frames = parseFrames(packet);
  expect(frames).not.toContain(undefined);
  const pace = frames.find((frame) => frame?.t === "e") as PaceFrame | undefined;
  const states = frames.filter((frame) => frame?.t === "s") as StateFrame[];
  return { pace, states: states.map(({ k, body }) => [k, readBody(body)![0]]) };
}
