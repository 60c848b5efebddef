// @ts-check
/**
 * Who is connected to whom, and how. Every page knows its own ways (`peerStats`) and is told the others'; a pair's way is what
 * both of its ends say, and while they differ for a moment, the longer one.
 */

/** @typedef {"direct" | "relay" | "via-host"} Path */
/** @typedef {{ id: string, path: Path, latency: number }} Way to one node; milliseconds, or -1 while unknown */
/** @typedef {{ a: string, b: string, path: Path, latency: number }} PairWay */

/** From the shortest to the longest. */
export const PATHS = /** @type {const} */ (["direct", "relay", "via-host"]);

/**
 * This node's own ways.
 * @param {import("./match.js").GameNetwork} network
 * @returns {Way[]}
 */
export function ownWays(network) {
  return network.nodes.flatMap((id) => {
    const stats = network.peerStats[id];
    return stats ? [{ id, path: stats.path, latency: Math.round(stats.latency) }] : [];
  });
}

/**
 * The way of each pair of these nodes of which an end has told.
 * @param {readonly string[]} ids in the order in which they are shown
 * @param {ReadonlyMap<string, readonly Way[]>} told by whom
 * @returns {PairWay[]}
 */
export function pairWays(ids, told) {
  return ids.flatMap((a, i) =>
    ids.slice(i + 1).flatMap((b) => {
      const ends = [toldWay(told, a, b), toldWay(told, b, a)].filter((way) => way !== undefined);
      if (ends.length === 0) return [];
      const path = PATHS[Math.max(...ends.map((way) => PATHS.indexOf(way.path)))] ?? "via-host";
      return [{ a, b, path, latency: Math.max(...ends.map((way) => way.latency)) }];
    }),
  );
}

/**
 * @param {ReadonlyMap<string, readonly Way[]>} told
 * @param {string} from
 * @param {string} to
 */
function toldWay(told, from, to) {
  return told.get(from)?.find(({ id }) => id === to);
}
