import { rowsOf } from "../report/result.mjs";
import { median } from "../report/statistics.mjs";
import { settings } from "../settings.mjs";
import { peerServerGoal, toPeerServer } from "../signaling/goals.mjs";
import { SERVERS, withStands } from "../signaling/stand.mjs";
import { interleave } from "../stage/interleave.mjs";

/** @typedef {import("../report/result.mjs").Result} Result */

/** Of the messages, each being one that comes in and goes out, far fewer than any server manages. */
const ROUND_TRIPS_PER_SECOND = 4000;

/**
 * What a message costs a signaling server, and how long it takes.
 * @returns {Promise<Result[]>}
 */
export function signalingMessages() {
  const { connections, rounds, ms } = settings.signaling;
  return withStands(async (stands) => {
    /** @type {Result[]} */
    const results = [];
    const clients = new Map([...stands].map(([name, stand]) => [name, stand.clients()]));
    for (const count of connections) {
      for (const crowd of clients.values()) await crowd.call("open", count);
      const round = async (/** @type {string} */ name, /** @type {number} */ roundMs) => {
        const server = stands.get(name)?.server;
        const crowd = clients.get(name);
        if (!server || !crowd) throw new Error(`no ${name}`);
        const before = await server.call("cpu");
        const messages = await crowd.call("bounce", roundMs);
        const cost = ((await server.call("cpu")) - before) / messages;
        const paced = await crowd.call("pace", ROUND_TRIPS_PER_SECOND, roundMs, false);
        return { cost, rate: messages / (roundMs / 1000), p50: paced.p50, p99: paced.p99 };
      };
      await interleave(1, SERVERS, (name) => round(name, ms / 2));
      results.push(...resultsOf(count, await interleave(rounds, SERVERS, (name) => round(name, ms))));
    }
    return results;
  });
}

/**
 * @param {number} count
 * @param {Map<string, { cost: number, rate: number, p50: number, p99: number }[]>} measured
 * @returns {Result[]}
 */
function resultsOf(count, measured) {
  const { rounds, ms } = settings.signaling;
  const connections = `${count.toLocaleString("en-US")} connections`;
  const how = `${rounds} rounds of ${ms / 1000} s`;
  const of = (/** @type {"cost" | "rate" | "p50" | "p99"} */ key) =>
    new Map([...measured].map(([name, all]) => [name, all.map((one) => one[key])]));
  const [cost, rate, p50, p99] = [of("cost"), of("rate"), of("p50"), of("p99")];
  const middle = (/** @type {Map<string, number[]>} */ rounds_, /** @type {string} */ name) =>
    median(rounds_.get(name) ?? []);
  return [
    {
      id: `signaling-cost-${count}`,
      title: `Signaling server, time for a message, ${connections}`,
      unit: "µs",
      better: "less",
      method: `Processor time of the server, all threads, for a message in and out: every pair of clients bounces an offer of 1.5 kB as fast as the server can; ${how}. The floor forwards frames unread, on ws as the others.`,
      rows: rowsOf(cost, (name) => ({ "messages/s": middle(rate, name), "× peerserver": toPeerServer(cost, name) })),
      goals: [peerServerGoal(cost, "time for a message", 0.5)],
    },
    {
      id: `signaling-round-trip-${count}`,
      title: `Signaling server, 99 % of the round trips, ${connections}`,
      unit: "ms",
      better: "less",
      method: `${ROUND_TRIPS_PER_SECOND} offers a second at random moments from clients to their partners and back, so each passes the server twice; ${how}. A dot is a round's 99 %.`,
      rows: rowsOf(p99, (name) => ({ "50 %": middle(p50, name), "× peerserver": toPeerServer(p99, name) })),
      goals: [peerServerGoal(p99, "99 % of the round trips", 0.5)],
    },
  ];
}
