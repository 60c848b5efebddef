import { growthRows } from "../report/growth.mjs";
import { FLOOR, OURS } from "../report/result.mjs";
import { PAUSE_MS, settings } from "../settings.mjs";
import { interleave, pause } from "../stage/interleave.mjs";

/** @typedef {import("../stage/stage.mjs").Participant} Participant */
/** @typedef {import("../report/result.mjs").Result} Result */

/** With the host. With three, one joiner sends and another gets a copy. */
const NODES = [3, 4, 6, 8];

const PER_SECOND = 500;

/** Less than what a host of this library takes for a flood (4,000 messages/s). */
const BURST = 100;
const BURSTS_PER_SECOND = 25;

/** A host that passes text on unread; that reads and writes each message, as one that checks it or adds the sender; and does so for each copy. */
const DECODING = "bare, decoding";
const CONTENDERS = [FLOOR, DECODING, "bare, decoding for each", OURS];

/** How much of the decoding host's time is enough. */
const SHARE = 0.5;

/**
 * What it costs a host in Node to pass a joiner's messages on, at a pace and in bursts, by the number of nodes.
 * @param {import("../stage/stage.mjs").Stage} stage
 * @returns {Promise<Result[]>}
 */
export async function relay(stage) {
  const { rounds, ms } = settings.relay;
  const costs = await stage.pair("node", "node", (host, joiners) =>
    interleave(rounds, CONTENDERS, (contender) => measure(host, joiners, contender)),
  );
  const what =
    "Microseconds of processor time of the host's process, all threads, also those that encrypt and send, for each copy of a message that a joiner got. One joiner sends";
  const hosts =
    "The others' hosts: `bare` passes the text on unread; `decoding` does `JSON.parse` and `JSON.stringify` once for each message, `decoding for each` stringifies for each copy.";
  return [
    resultOf("relay-node", `Star relay, bursts, Node host`, "bursts", costs, [
      `${what} ${BURSTS_PER_SECOND} times a second ${BURST} messages of about 120 bytes of JSON at once, for ${ms / 1000} s at each number of nodes.`,
      `${hosts} ${rounds} rounds.`,
    ]),
    resultOf("relay-pace-node", `Star relay, ${PER_SECOND} messages/s, Node host`, "paced", costs, [
      `${what} ${PER_SECOND} messages/s of about 120 bytes of JSON one by one, for ${ms / 1000} s at each number of nodes: what a packet costs, here one for each copy, hides what a message costs.`,
      `${hosts} ${rounds} rounds.`,
    ]),
  ];
}

/**
 * A network that grows to all nodes.
 * @param {Participant} host
 * @param {Participant} joiners
 * @param {string} contender
 */
async function measure(host, joiners, contender) {
  const { ms } = settings.relay;
  const code = await host.call("host", contender, true);
  const sender = `${contender} sender`;
  await joiners.call("join", contender, code, sender);
  /** @type {string[]} */
  const receivers = [];
  const steps = [];
  for (const nodes of NODES) {
    while (receivers.length < nodes - 2) {
      const seat = `${contender} ${receivers.length}`;
      await joiners.call("join", contender, code, seat);
      receivers.push(seat);
    }
    await pause(PAUSE_MS);
    // What is compiled is not the first one's burden.
    if (steps.length === 0) await joiners.call("bursts", sender, BURST, BURSTS_PER_SECOND, ms / 4);
    await pause(PAUSE_MS);
    steps.push({
      bursts: await cost(host, joiners, receivers, () => joiners.call("bursts", sender, BURST, BURSTS_PER_SECOND, ms)),
      paced: await cost(host, joiners, receivers, () => joiners.call("steady", sender, PER_SECOND, ms)),
    });
  }
  for (const seat of [sender, ...receivers]) await joiners.call("leave", seat);
  await host.call("leave", contender);
  await pause(PAUSE_MS);
  return steps;
}

/**
 * Microseconds of the host for each copy.
 * @param {Participant} host
 * @param {Participant} joiners
 * @param {string[]} receivers
 * @param {() => Promise<unknown>} send
 */
async function cost(host, joiners, receivers, send) {
  for (const seat of receivers) await joiners.call("received", seat);
  const before = await host.call("cpu");
  await send();
  await pause(PAUSE_MS);
  const spent = (await host.call("cpu")) - before;
  let copies = 0;
  for (const seat of receivers) copies += (await joiners.call("received", seat)).messages;
  return spent / copies;
}

/**
 * @param {string} id
 * @param {string} title
 * @param {"bursts" | "paced"} what
 * @param {Map<string, Record<"bursts" | "paced", number>[][]>} costs
 * @param {string[]} method
 * @returns {Result}
 */
function resultOf(id, title, what, costs, method) {
  const lines = [...costs].map(([contender, all]) => ({
    name: contender,
    kind:
      contender === OURS
        ? /** @type {const} */ ("ours")
        : contender === DECODING
          ? /** @type {const} */ ("floor")
          : /** @type {const} */ ("other"),
    isDashed: contender === FLOOR,
    rounds: NODES.map((_, step) => all.map((round) => round[step]?.[what] ?? Number.NaN)),
  }));
  const growth = { of: "nodes", steps: NODES, lines };
  const rows = growthRows(growth, DECODING);
  const actual = rows.find(({ contender }) => contender === OURS)?.ratio ?? Number.NaN;
  const goal = {
    text: `a copy with ${NODES.at(-1)} nodes ≤ ${SHARE} × a host that decodes and encodes each message once`,
    actual,
    isMet: actual <= SHARE,
  };
  return {
    id,
    title,
    unit: "µs",
    better: "less",
    method: method.join(" "),
    rows,
    goals: what === "bursts" ? [goal] : [],
    floor: DECODING,
    growth,
  };
}
