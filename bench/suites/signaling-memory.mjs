import { rowsOf } from "../report/result.mjs";
import { median } from "../report/statistics.mjs";
import { settings } from "../settings.mjs";
import { peerServerGoal, toPeerServer } from "../signaling/goals.mjs";
import { SERVERS, withStand } from "../signaling/stand.mjs";
import { interleave, pause } from "../stage/interleave.mjs";

/** So that what is loaded with the first connection is not counted. */
const WARM_UP = 64;

/**
 * What a connection that only stands there costs a signaling server.
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function signalingMemory() {
  const { memoryRounds, connections } = settings.signaling;
  const count = Math.max(...connections);
  const measured = await interleave(memoryRounds, SERVERS, (name) =>
    withStand(name, async (stand) => {
      const clients = stand.clients();
      await clients.call("open", WARM_UP);
      await clients.call("close");
      const before = await stand.server.call("memory");
      await clients.call("open", count);
      const during = await stand.server.call("memory");
      await clients.call("close");
      await pause(300);
      return { each: (during - before) / count, left: ((await stand.server.call("memory")) - before) / 1024 };
    }),
  );
  const each = new Map([...measured].map(([name, all]) => [name, all.map((one) => one.each)]));
  return {
    id: "signaling-memory",
    title: "Signaling server, memory of an idle connection",
    unit: "KiB",
    better: "less",
    method: `Resident memory after garbage collection with ${count.toLocaleString("en-US")} connections, less that without, for each; a new process in each of ${memoryRounds} rounds. Left: MiB more than before when all are closed.`,
    rows: rowsOf(each, (name) => ({
      left: median((measured.get(name) ?? []).map(({ left }) => left)),
      "× peerserver": toPeerServer(each, name),
    })),
    goals: [peerServerGoal(each, "memory of an idle connection", 0.8)],
  };
}
