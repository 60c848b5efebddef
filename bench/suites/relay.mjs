import { rowsOf } from "../report/result.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { interleave, pause } from "../stage/interleave.mjs";
import { CONTENDERS } from "./contenders.mjs";

/** A full network: 8 nodes with the host. One of the joiners sends, the host passes on to the others. */
const JOINERS = 7;
const PER_SECOND = 500;

/**
 * What it costs a host in Node to pass a joiner's message on.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function relay(stage) {
  const costs = await stage.pair("node", "node", (host, joiners) =>
    interleave(settings.relayRounds, CONTENDERS.node, async (contender) => {
      const code = await host.call("host", contender, true);
      const seats = Array.from({ length: JOINERS }, (_, seat) => `${contender} ${seat}`);
      for (const seat of seats) await joiners.call("join", contender, code, seat);
      const [sender = "", ...receivers] = seats;
      await joiners.call("steady", sender, PER_SECOND, settings.relayMs / 4);
      await pause(PAUSE_MS);
      for (const seat of receivers) await joiners.call("received", seat);
      const before = await host.call("cpu");
      await joiners.call("steady", sender, PER_SECOND, settings.relayMs);
      await pause(PAUSE_MS);
      const cost = (await host.call("cpu")) - before;
      let copies = 0;
      for (const seat of receivers) copies += (await joiners.call("received", seat)).messages;
      for (const seat of seats) await joiners.call("leave", seat);
      await host.call("leave", contender);
      await pause(PAUSE_MS);
      return cost / copies;
    }),
  );
  return {
    id: "relay-node",
    title: "Star relay, Node host with 7 joiners",
    unit: "µs",
    better: "less",
    method: `Processor time of the host's process, all threads, for each copy that a joiner got: one joiner sends ${PER_SECOND} messages/s, the host passes them on to the 6 others. The floor forwards the text unread; ${settings.relayRounds} rounds of ${settings.relayMs / 1000} s.`,
    rows: rowsOf(costs),
    goals: [],
  };
}
