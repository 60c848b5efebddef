import { readFileSync } from "node:fs";
import { OURS } from "../report/result.mjs";
import { settings } from "../settings.mjs";
import { withStand } from "../signaling/stand.mjs";
import { pause } from "../stage/interleave.mjs";

/** Of a Node process itself. */
const OWN_FILES = 50;
/** One process of clients has as many files as the server, but its own part of the memory and the time. */
const PER_PROCESS = 7000;
const ROUND_TRIPS_PER_SECOND = 500;

/**
 * Whether ours holds very many connections, and still answers.
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function signalingIdle() {
  const { idle, idleMs } = settings.signaling;
  const files = Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]);
  const asked = Math.min(idle, files - OWN_FILES);
  const row = await withStand(OURS, async (stand) => {
    const before = await stand.server.call("memory");
    const crowds = Array.from({ length: Math.ceil(asked / PER_PROCESS) }, (_, n) => stand.clients(n));
    for (const [n, crowd] of crowds.entries()) await crowd.call("open", Math.min(PER_PROCESS, asked - n * PER_PROCESS));
    const each = ((await stand.server.call("memory")) - before) / asked;
    const cpu = await stand.server.call("cpu");
    // Longer than the time between two pings: who does not stand them is gone.
    await pause(idleMs);
    const busy = ((await stand.server.call("cpu")) - cpu) / (idleMs * 10);
    const paced = await crowds[0]?.call("pace", ROUND_TRIPS_PER_SECOND, 1000, false);
    let held = 0;
    for (const crowd of crowds) held += await crowd.call("count");
    return { each, held, busy, p99: paced?.p99 ?? Number.NaN };
  });
  const { each, held, busy, p99 } = row;
  const limit = asked < idle ? ` (the limit of open files is ${files.toLocaleString("en-US")} here)` : "";
  return {
    id: "signaling-idle",
    title: "Signaling server, idle connections held",
    unit: "KiB",
    better: "less",
    method: `Memory of each, connected for ${idleMs / 1000} s; the time of a processor that holding them takes; then 99 % of ${ROUND_TRIPS_PER_SECOND} round trips a second.`,
    rows: [
      {
        contender: OURS,
        rounds: [each],
        value: each,
        ratio: undefined,
        more: { connections: held, "processor %": busy, "99 % ms": p99 },
      },
    ],
    goals: [
      { text: `${asked.toLocaleString("en-US")} idle connections held${limit}`, actual: held, isMet: held >= asked },
    ],
  };
}
