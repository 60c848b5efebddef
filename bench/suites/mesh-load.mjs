import { growthRows } from "../report/growth.mjs";
import { FLOOR } from "../report/result.mjs";
import { median } from "../report/statistics.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { BareMesh } from "../stage/bare-mesh.mjs";
import { GrowingNetwork, MAX_NODES } from "../stage/growing-network.mjs";
import { interleave, pause } from "../stage/interleave.mjs";
import { allSend, STATES_PER_SECOND } from "../stage/states-of-all.mjs";

/** @typedef {import("../stage/growing-network.mjs").Node} Node */
/** @typedef {import("../report/growth.mjs").Line} Line */
/** @typedef {Awaited<ReturnType<typeof measure>>} Measured */

const STEPS = Array.from({ length: MAX_NODES - 1 }, (_, index) => index + 2);

/** Between two round trips, in milliseconds: a game is not waiting for the answer to its last word either. */
const GAP = 3;

/**
 * What a network costs its nodes while all send states, and how long its joiners take to each other, by the number of nodes.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<import("../report/result.mjs").Result[]>}
 */
export async function meshLoad(stage) {
  const runtimes = Array.from({ length: MAX_NODES }, () => /** @type {const} */ ("node"));
  const measured = await stage.group(runtimes, async (participants) => {
    // The floor: the same processes. It takes seconds to connect, so it does that once, and is silent while others have their turn.
    const bare = new BareMesh(participants);
    while (bare.nodes.length < MAX_NODES) await bare.grow();
    return interleave(settings.mesh.loadRounds, [FLOOR, "star", "mesh"], async (contender) => {
      if (contender === FLOOR) return [await measure(bare.nodes, bare.nodes)];
      const network = await GrowingNetwork.open(participants, contender);
      /** @type {Measured[]} */
      const steps = [];
      while (network.nodes.length < MAX_NODES) {
        await network.grow();
        await pause(PAUSE_MS);
        steps.push(await measure(network.nodes, bare.nodes));
      }
      await network.close();
      await pause(PAUSE_MS);
      return steps;
    });
  });
  return resultsOf(measured);
}

/**
 * A network as it is now, silent and then with states.
 * @param {Node[]} nodes
 * @param {Node[]} floor
 */
async function measure(nodes, floor) {
  const silent = await roundTrips(nodes, floor);
  const load = await allSend(nodes);
  const use = await load.use(settings.mesh.loadMs);
  const busy = await roundTrips(nodes, floor);
  return { silent, busy, ...use, arrived: await load.end() };
}

/**
 * The median round trip from one joiner to another, over the network and over the floor.
 * @param {Node[]} nodes
 * @param {Node[]} floor
 */
async function roundTrips(nodes, floor) {
  const [, other, one] = nodes;
  if (!other || !one || nodes === floor) return { ours: Number.NaN, bare: Number.NaN };
  const to = await other.participant.call("id", other.seats[0] ?? "");
  const { pings } = settings.mesh;
  const ours = await one.participant.call("pings", one.seats[0] ?? "", pings, { to, gap: GAP });
  const bare = await one.participant.call("pings", floor[2]?.seats.at(-1) ?? "", pings, { gap: GAP });
  return { ours: median(ours), bare: median(bare) };
}

/**
 * @param {Map<string, Measured[][]>} measured
 * @returns {import("../report/result.mjs").Result[]}
 */
function resultsOf(measured) {
  const { loadRounds, loadMs, pings } = settings.mesh;
  /** @type {(name: string, contender: string, pick: (one: Measured) => number) => Line} */
  const line = (name, contender, pick) => ({
    name,
    kind: name.startsWith(FLOOR) ? "floor" : contender === "mesh" ? "ours" : "other",
    isDashed: name.endsWith("joiner"),
    rounds: STEPS.map((_, step) =>
      (measured.get(contender) ?? []).flatMap((round) => round.at(step - STEPS.length) ?? []).map(pick),
    ),
  });
  const latency = (/** @type {"silent" | "busy"} */ when) => [
    line("bare", "star", (one) => one[when].bare),
    line("star", "star", (one) => one[when].ours),
    line("mesh", "mesh", (one) => one[when].ours),
  ];
  const nodes = (/** @type {"cpu" | "bytes"} */ what) =>
    ["star", "mesh"].flatMap((topology) => [
      line(`${topology}, host`, topology, ({ host }) => host[what]),
      line(`${topology}, joiner`, topology, ({ joiner }) => joiner[what]),
    ]);
  const arrivals = [...measured.values()].map((rounds) => median(rounds.map((round) => round.at(-1)?.arrived ?? 0)));
  const arrived = Math.min(...arrivals) * 100;
  const load = `every node broadcasts ${STATES_PER_SECOND} states/s of about 120 bytes of JSON`;
  const networks = `${loadRounds} networks of each topology by turns, every node in a Node process of its own`;
  const trip = `A message of about 120 bytes of JSON from one joiner to another and back, one every few milliseconds, ${pings} at each number of nodes`;
  const floor = `The floor connects the same two processes directly; ${networks}. A dot is a round's median.`;
  const silence = `${trip}; nobody else says anything. ${floor}`;
  return [
    toJoiner("mesh-latency", "Joiner to joiner, silent star and mesh, Node", latency("silent"), silence),
    toJoiner(
      "mesh-latency-states",
      "Joiner to joiner, states all around, Node",
      latency("busy"),
      `${trip}, while ${load}. ${floor}`,
    ),
    {
      ...grown("mesh-cpu", "Processor time of star and mesh, Node", "% of a core", [
        line(FLOOR, FLOOR, ({ joiner }) => joiner.cpu),
        ...nodes("cpu"),
      ]),
      method: `Of a node's process, all threads, while ${load}, over ${loadMs / 1000} s at each number of nodes; of the joiners the median. The floor is a mesh of the same processes without any library, which always has all its nodes; ${networks}.`,
      goals: [{ text: `99 % of the states arrive with ${MAX_NODES} nodes`, actual: arrived, isMet: arrived >= 99 }],
    },
    {
      ...grown("mesh-bandwidth", "Bandwidth of star and mesh, Node", "kB/s", nodes("bytes")),
      method: `What a node sends and receives over all of its links, by \`peerStats\`, so without the headers of SCTP, DTLS and UDP, while ${load}; of the joiners the median. ${networks}.`,
    },
  ];
}

/**
 * @param {string} id
 * @param {string} title
 * @param {string} unit
 * @param {Line[]} lines
 */
function grown(id, title, unit, lines) {
  const growth = { of: "nodes", steps: STEPS, lines };
  return { id, title, unit, better: /** @type {const} */ ("less"), rows: growthRows(growth, FLOOR), goals: [], growth };
}

/**
 * Between joiners: from three nodes on.
 * @param {string} id
 * @param {string} title
 * @param {Line[]} lines
 * @param {string} method
 * @returns {import("../report/result.mjs").Result}
 */
function toJoiner(id, title, lines, method) {
  const later = lines.map((line) => ({ ...line, rounds: line.rounds.slice(1) }));
  const growth = { of: "nodes", steps: STEPS.slice(1), lines: later };
  return { id, title, unit: "ms", better: "less", method, rows: growthRows(growth, FLOOR), goals: [], growth };
}
