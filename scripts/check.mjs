import { checkPackages } from "./check-packages.mjs";
import { checkTypes } from "./check-types.mjs";
import { run, script, tool } from "./run.mjs";

/** Everything that a machine can say about a change, but for the tests. In the order in which the answers come fast. */
const STEPS = {
  format: () => tool("oxfmt", "--check"),
  lint: () => tool("oxlint", "--deny-warnings", "--report-unused-disable-directives"),
  laws: () => script("check-laws.mjs"),
  types: checkTypes,
  lock: () => run("npm", ["ci", "--dry-run", "--ignore-scripts"]),
  build: () => script("build.mjs"),
  unused: () => tool("knip"),
  size: () => tool("size-limit"),
  packages: checkPackages,
};

// usage: npm run check [-- STEP…]
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in STEPS));
if (unknown.length > 0) throw new Error(`no step ${unknown.join(", ")}: there are ${Object.keys(STEPS).join(", ")}`);

/** @type {string[]} */
const failed = [];
for (const [name, step] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = Date.now();
  const { ok, output } = await step();
  console.log(`${ok ? "ok  " : "FAIL"} ${name.padEnd(8)} ${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (ok) continue;
  failed.push(name);
  console.log(output.trimEnd().replace(/^/gm, "     "));
}
if (failed.length > 0) {
  console.log(`check failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
