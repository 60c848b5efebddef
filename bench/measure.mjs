import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../scripts/run.mjs";
import { document } from "./report/document.mjs";
import { growthPlot } from "./report/growth-plot.mjs";
import { plot } from "./report/plot.mjs";
import { surroundings } from "./report/surroundings.mjs";
import { plainTable } from "./report/table.mjs";
import { isQuick } from "./settings.mjs";
import { BrowserPage } from "./stage/browser-page.mjs";
import { Stage } from "./stage/stage.mjs";
import { bulk } from "./suites/bulk.mjs";
import { connectPairs } from "./suites/connect-pairs.mjs";
import { connect } from "./suites/connect.mjs";
import { frames } from "./suites/frames.mjs";
import { interference } from "./suites/interference.mjs";
import { lan } from "./suites/lan.mjs";
import { meshIdle } from "./suites/mesh-idle.mjs";
import { meshJoin } from "./suites/mesh-join.mjs";
import { meshLoad } from "./suites/mesh-load.mjs";
import { messages } from "./suites/messages.mjs";
import { relay } from "./suites/relay.mjs";
import { roundTrip } from "./suites/round-trip.mjs";
import { signalingFlood } from "./suites/signaling-flood.mjs";
import { signalingIdle } from "./suites/signaling-idle.mjs";
import { signalingMemory } from "./suites/signaling-memory.mjs";
import { signalingMessages } from "./suites/signaling-messages.mjs";
import { size } from "./suites/size.mjs";
import { stateAge } from "./suites/state-age.mjs";
import { stateLoss } from "./suites/state-loss.mjs";
import { states } from "./suites/states.mjs";

/** @typedef {import("./report/result.mjs").Result} Result */

// Started by run.mjs in a network of its own.

/** @type {Record<string, ((stage: Stage) => Promise<Result | Result[]>)[]>} */
const SUITES = {
  size: [size],
  connect: [(stage) => connect(stage, "chromium"), (stage) => connect(stage, "node")],
  "round-trip": [(stage) => roundTrip(stage, "chromium"), (stage) => roundTrip(stage, "node")],
  messages: [(stage) => messages(stage, "chromium"), (stage) => messages(stage, "node")],
  states: [(stage) => states(stage, "chromium"), (stage) => states(stage, "node")],
  bulk: [(stage) => bulk(stage, "chromium"), (stage) => bulk(stage, "node")],
  frames: [frames],
  relay: [relay],
  interference: [interference],
  "state-age": [stateAge],
  "state-loss": [stateLoss],
  mesh: [(stage) => meshJoin(stage, "node"), (stage) => meshJoin(stage, "chromium"), meshLoad, meshIdle],
  signaling: [
    signalingMessages,
    signalingMemory,
    signalingIdle,
    () => signalingFlood("own"),
    () => signalingFlood("same"),
  ],
  lan: [(stage) => lan(stage, "node"), (stage) => lan(stage, "chromium"), (stage) => lan(stage, "firefox")],
  "connect-pairs": [connectPairs],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SUITES));
if (unknown.length > 0) throw new Error(`no suite ${unknown.join(", ")}: there are ${Object.keys(SUITES).join(", ")}`);

// Leaving in order ends the browsers, too.
process.once("SIGTERM", () => process.exit(143));
const stage = await Stage.open();
/** @type {Result[]} */
const results = [];
/** @type {string[]} */
const failed = [];
for (const [name, parts] of Object.entries(SUITES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const part of parts) if (!((await measure(part)) || (await measure(part)))) failed.push(name);
}
await stage.close();
write();
if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
// Joins that stall break a promise to users; the other goals are compared to a floor on a machine that may be busy.
const stalls = results.some(({ id, goals }) => id === "connect-pairs" && goals.some(({ isMet }) => !isMet));
if (stalls || failed.length > 0) process.exitCode = 1;

/**
 * One part of a suite. A connection that does not come about, whoever's, should not cost the whole run: so a part has two tries.
 *
 * @param {(stage: Stage) => Promise<Result | Result[]>} part
 */
async function measure(part) {
  try {
    for (const result of [await part(stage)].flat()) {
      console.log(`${plainTable(result)}\n`);
      results.push(result);
    }
    return true;
  } catch (error) {
    console.error(error);
    return false;
  }
}

/** All of it as JSON; the page about it only after a whole run. */
function write() {
  const about = surroundings(BrowserPage.versions);
  const out = join(ROOT, "bench/out");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "bench.json"), `${JSON.stringify({ ...about, isQuick, results }, undefined, 1)}\n`);
  const docs = isQuick || wanted.length > 0 || failed.length > 0 ? out : join(ROOT, "docs");
  mkdirSync(join(docs, "bench"), { recursive: true });
  writeFileSync(join(docs, "bench.md"), document(about, results));
  for (const result of results) {
    const svg = result.growth ? growthPlot(result, result.growth) : plot(result);
    writeFileSync(join(docs, "bench", `${result.id}.svg`), svg);
  }
}
