import { spawn } from "node:child_process";
import { join } from "node:path";
import { networkNamespace } from "../scripts/network-namespace.mjs";
import { prepareBrowsers } from "../scripts/prepare-browsers.mjs";
import { ROOT, script } from "../scripts/run.mjs";

// usage: npm run bench [-- SUITE…]; BENCH_QUICK=1 for a trial, BENCH_BUILT=1 to take what is built already
const places = await prepareBrowsers();
if (process.env["BENCH_BUILT"] !== "1") {
  const built = await script("build.mjs");
  if (!built.ok) throw new Error(`build failed\n${built.output}`);
}
const namespace = await networkNamespace();
if (!namespace) throw new Error("no network namespace here (unshare): WebRTC would use the real network");
const [command = "", ...args] = [...namespace, process.execPath, join(import.meta.dirname, "measure.mjs")];
const child = spawn(command, [...args, ...process.argv.slice(2)], {
  cwd: ROOT,
  env: { ...process.env, ...places },
  stdio: "inherit",
});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
child.on("close", (code) => (process.exitCode = code ?? 1));
