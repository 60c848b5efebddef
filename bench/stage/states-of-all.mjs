import { median } from "../report/statistics.mjs";
import { PAUSE_MS } from "../settings.mjs";
import { pause } from "./interleave.mjs";

/** @typedef {import("./growing-network.mjs").Node} Node */

export const STATES_PER_SECOND = 20;

/** Until states flow, in milliseconds. */
const BEGIN_MS = 150;

/**
 * From now on every node sends states to all others, one node after the other within each 50 ms.
 * @param {Node[]} nodes The host first.
 */
export async function allSend(nodes) {
  await ofSeats(nodes, (participant, seat) => participant.call("received", seat));
  await ofSeats(nodes, (participant, seat, node) =>
    participant.call("drip", seat, STATES_PER_SECOND, (node * 1000) / STATES_PER_SECOND / nodes.length),
  );
  await pause(BEGIN_MS);
  return {
    /**
     * What the nodes use within so many milliseconds: percents of a core, and kB/s over all links, both directions. Of the joiners
     * the median.
     * @param {number} ms
     */
    use: async (ms) => {
      const before = await look(nodes);
      await pause(ms);
      const [host = NOTHING, ...joiners] = (await look(nodes)).map(({ at, cpu, bytes }, node) => {
        const first = before[node] ?? { at, cpu, bytes };
        const seconds = (at - first.at) / 1000;
        return { cpu: (cpu - first.cpu) / seconds / 10_000, bytes: (bytes - first.bytes) / seconds / 1000 };
      });
      const joiner = {
        cpu: median(joiners.map(({ cpu }) => cpu)),
        bytes: median(joiners.map(({ bytes }) => bytes)),
      };
      return { host, joiner };
    },
    /** Nobody sends any more. Resolves with the share of the states that have arrived. */
    end: async () => {
      const sent = (await ofSeats(nodes, (participant, seat) => participant.call("dry", seat))).map((of) => of[0] ?? 0);
      await pause(PAUSE_MS);
      const received = await ofSeats(nodes, (participant, seat) => participant.call("received", seat));
      const arrived = received.flat().reduce((sum, { states }) => sum + states, 0);
      return arrived / (nodes.length - 1) / sent.reduce((sum, count) => sum + count, 0);
    },
  };
}

const NOTHING = { cpu: Number.NaN, bytes: Number.NaN };

/**
 * What every node has used so far.
 * @param {Node[]} nodes
 */
function look(nodes) {
  return Promise.all(
    nodes.map(async ({ participant, seats: [seat = ""] }) => {
      const [cpu, { sent, received }] = await Promise.all([participant.call("cpu"), participant.call("traffic", seat)]);
      return { at: performance.now(), cpu, bytes: sent + received };
    }),
  );
}

/**
 * @template T
 * @param {Node[]} nodes
 * @param {(participant: import("./stage.mjs").Participant, seat: string, node: number) => Promise<T>} act
 */
function ofSeats(nodes, act) {
  return Promise.all(
    nodes.map(({ participant, seats }, node) => Promise.all(seats.map((seat) => act(participant, seat, node)))),
  );
}
