import { PAUSE_MS, settings } from "../settings.mjs";
import { GrowingNetwork, MAX_NODES } from "../stage/growing-network.mjs";
import { interleave, pause } from "../stage/interleave.mjs";
import { onWire } from "../stage/wire.mjs";

/** How often a side of a link says that it is there, in milliseconds. */
const PING_EVERY = 2000;

/** Bytes of a ping and of the answer to the other side's, which have the same length: with a count, and a time of 5 digits. */
const PING_AND_ANSWER = 2 * '{"t":"p","ts":12345,"a":0}'.length;

/** A new link pings at once; half way between two later ones the counting begins and ends. */
const SETTLE_MS = PING_EVERY / 2;

/**
 * What a network costs in which nobody says anything.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function meshIdle(stage) {
  const { idleMs } = settings.mesh;
  const runtimes = Array.from({ length: MAX_NODES }, () => /** @type {const} */ ("node"));
  const measured = await stage.group(runtimes, (participants) =>
    interleave(1, ["star", "mesh"], async (topology) => {
      const network = await GrowingNetwork.open(participants, topology);
      while (network.nodes.length < MAX_NODES) await network.grow();
      await pause(SETTLE_MS);
      const look = async () => {
        const nodes = network.nodes.map(async ({ participant, seats: [seat = ""] }) => ({
          ...(await participant.call("traffic", seat)),
          cpu: await participant.call("cpu"),
        }));
        return { nodes: await Promise.all(nodes), wire: onWire(), at: performance.now() };
      };
      const before = await look();
      await pause(idleMs);
      const after = await look();
      await network.close();
      await pause(PAUSE_MS);
      const seconds = (after.at - before.at) / 1000;
      const total = (/** @type {"received" | "links" | "cpu"} */ key, /** @type {typeof before} */ { nodes }) =>
        nodes.reduce((sum, node) => sum + node[key], 0);
      const ends = total("links", after);
      const heard = (total("received", after) - total("received", before)) / seconds / ends;
      return {
        pings: (heard * PING_EVERY) / 1000 / PING_AND_ANSWER,
        heard,
        wire: (after.wire.bytes - before.wire.bytes) / seconds / (ends / 2),
        packets: (after.wire.packets - before.wire.packets) / seconds / (ends / 2),
        cpu: (total("cpu", after) - total("cpu", before)) / seconds / MAX_NODES / 10_000,
        links: ends / 2,
      };
    }),
  );
  const rows = [...measured].flatMap(([contender, rounds]) =>
    rounds.map(({ pings, heard, wire, packets, cpu, links }) => ({
      contender,
      rounds: [wire],
      value: wire,
      ratio: undefined,
      more: { "packets/s": packets, "pings in 2 s": pings, "B/s heard": heard, "cpu % of a node": cpu, links },
    })),
  );
  const worst = Math.max(...rows.map(({ more }) => more["pings in 2 s"]));
  return {
    id: "mesh-idle",
    title: `A link that has nothing to say, star and mesh of ${MAX_NODES} Node nodes`,
    unit: "B/s on the wire",
    better: "less",
    method: `Of one link, both directions: what the kernel's loopback counts, headers, ICE's consent checks and SCTP's acknowledgments included; ${idleMs / 1000} s. Pings: what each side heard, by \`peerStats\`, in pings and answers of ${PING_AND_ANSWER / 2} bytes.`,
    rows,
    // Times and counts are a digit longer or shorter.
    goals: [{ text: "one ping in 2 s from each side of a link", actual: worst, isMet: worst <= 1.1 }],
  };
}
