import { formatGoal } from "./numbers.mjs";
import { markdownTable } from "./table.mjs";

/** @typedef {import("./result.mjs").Result} Result */

const HEAD = `# Bench

Written by \`npm run bench\`; do not edit. One run, in a network of its own on one machine, every contender in two processes,
the same signaling server and the same load for all. Contenders take turns round by round, so that whatever else the machine
does hits all of them. Read ratios, not milliseconds: a ratio is the median of those to the floor of the same round.

- **bare**: the floor, the shortest correct code on \`RTCDataChannel\` (in Node: on node-datachannel's native API).
- **clayground**: this library, \`@clayground/network\` and \`@clayground/network-node\`; **star** and **mesh** are its topologies.
- **peerjs**, **simple-peer**, **trystero**: in the way that is fastest for them (\`bench/contenders/\`).

Signaling servers are compared to **peerserver**, \`peer\`. **clayground** is \`@clayground/signaling-server\` there, and **bare** a
\`WebSocketServer\` of \`ws\`, which passes frames on unread. Each has a process and a core of its own, its clients the other core.
`;

/**
 * The page about a whole run.
 * @param {import("./surroundings.mjs").Surroundings} surroundings
 * @param {Result[]} results
 */
export function document({ date, command, machine, versions }, results) {
  const lines = results.flatMap(({ title, goals }) => goals.map((goal) => `- ${title}: ${formatGoal(goal)}`));
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const facts = [`${date}, \`${command}\`, ${machine}.`, `${names.join(", ")}.`].join("\n");
  return [HEAD, facts, "", "## Goals", "", ...lines, "", ...results.flatMap(section)].join("\n");
}

/** @param {Result} result */
function section(result) {
  const { id, title, method } = result;
  return [`## ${title}`, "", method, "", markdownTable(result), "", `![${title}](bench/${id}.svg)`, ""];
}
