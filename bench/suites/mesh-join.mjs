import { growthRows } from "../report/growth.mjs";
import { FLOOR } from "../report/result.mjs";
import { mean, median } from "../report/statistics.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { BareMesh } from "../stage/bare-mesh.mjs";
import { GrowingNetwork, MAX_NODES } from "../stage/growing-network.mjs";
import { interleave, pause } from "../stage/interleave.mjs";

/** @typedef {{ isIn: number, isWhole: number }} Join */

const STEPS = Array.from({ length: MAX_NODES - 1 }, (_, index) => index + 2);
const LIMIT = 2.5;

/** Where the nodes are in each runtime, and who takes part: in Node the floor stalls for a second, again and again (DTLS resends). */
const PLACES = {
  node: {
    name: "Node",
    processes: MAX_NODES,
    contenders: ["star", "mesh"],
    where: "Nodes join one after another, each in a process of its own",
  },
  chromium: {
    name: "Chromium",
    processes: 2,
    contenders: [FLOOR, "star", "mesh"],
    where:
      "The floor connects to one node and then to all others at once, without any library. Nodes join one after another, by turns in two processes",
  },
};

/**
 * How long a join takes when so many are in, itself included.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @param {"node" | "chromium"} runtime
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function meshJoin(stage, runtime) {
  const { name, processes, contenders, where } = PLACES[runtime];
  const { joinRounds, pageJoinRounds } = settings.mesh;
  const rounds = runtime === "node" ? joinRounds : pageJoinRounds;
  const runtimes = Array.from({ length: processes }, () => runtime);
  const joins = await stage.group(runtimes, async (participants) => {
    const round = async (/** @type {string} */ topology) => {
      const network = await open(participants, topology);
      /** @type {Join[]} */
      const times = [];
      while (network.nodes.length < MAX_NODES) {
        times.push(await network.grow());
        await pause(PAUSE_MS);
      }
      await network.close();
      await pause(PAUSE_MS);
      return times;
    };
    await interleave(1, contenders, round); // code that runs for the first time is slower
    return interleave(rounds, contenders, round);
  });
  /** @type {(topology: string, key: keyof Join) => number[][]} */
  const of = (topology, key) =>
    STEPS.map((_, index) => (joins.get(topology) ?? []).map((round) => round[index]?.[key] ?? Number.NaN));
  /** @type {import("../report/growth.mjs").Line} */
  const floor = { name: "bare, all direct", kind: "floor", isDashed: true, rounds: of(FLOOR, "isWhole") };
  /** @type {import("../report/growth.mjs").Growth} */
  const growth = {
    of: "nodes",
    steps: STEPS,
    lines: [
      ...(contenders.includes(FLOOR) ? [floor] : []),
      { name: "star", kind: "other", isDashed: false, rounds: of("star", "isIn") },
      { name: "mesh", kind: "ours", isDashed: false, rounds: of("mesh", "isIn") },
      { name: "mesh, all direct", kind: "ours", isDashed: true, rounds: of("mesh", "isWhole") },
    ],
  };
  const lowest = growth.lines[0]?.name ?? "";
  // Two ends of libdatachannel take 12 or 62 ms, half and half (checks go out every 50 ms): their median is chance.
  const middle = runtime === "node" ? "mean" : "median";
  const middleOf = middle === "mean" ? mean : median;
  const goal = (/** @type {string} */ words, /** @type {keyof Join} */ key) => {
    const times = of("mesh", key);
    const actual = middleOf(times.at(-1) ?? []) / middleOf(times[0] ?? []);
    return { text: `${words} with ${MAX_NODES} nodes ≤ ${LIMIT} × with 2`, actual, isMet: actual <= LIMIT };
  };
  return {
    id: `mesh-join-${runtime}`,
    title: `Joining a star and a mesh, ${name}`,
    unit: "ms",
    better: "less",
    method: `From the call to join to its end, by the number of nodes, the newcomer included; \`all direct\`: until the newcomer is connected to every node without a detour. ${where}; ${rounds} networks of each by turns.`,
    rows: growthRows(growth, lowest, middleOf),
    goals: [goal("joining", "isIn"), goal("joining until all is direct", "isWhole")],
    middle,
    floor: lowest,
    growth,
  };
}

/**
 * @param {import("../stage/stage.mjs").Participant[]} participants
 * @param {string} contender
 */
async function open(participants, contender) {
  if (contender !== FLOOR) return GrowingNetwork.open(participants, contender);
  const mesh = new BareMesh(participants);
  await mesh.grow();
  return mesh;
}
