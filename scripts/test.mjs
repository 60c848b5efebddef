import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { networkNamespace } from "./network-namespace.mjs";
import { prepareBrowsers } from "./prepare-browsers.mjs";
import { ROOT, script } from "./run.mjs";

// usage: npm test [-- arguments of vitest, as a part of a file's path]
const { passed, failed, skipped } = await testAll();
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;

/** @returns {Promise<import("./summary-reporter.mjs").Summary>} */
async function testAll() {
  const places = await prepareBrowsers();
  const built = await script("build.mjs");
  if (!built.ok) {
    console.log(`build failed\n${built.output}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const namespace = await networkNamespace();
  if (!namespace) console.log("!! no network namespace here (unshare): Node's WebRTC is bound to 127.0.0.1 instead");
  const folder = mkdtempSync(join(tmpdir(), "clayground-test-"));
  const file = join(folder, "summary.json");
  try {
    const ok = await vitest(namespace ?? [], {
      ...process.env,
      ...places,
      ...(namespace ? {} : { CLAYGROUND_BIND: "127.0.0.1" }),
      CLAYGROUND_TEST_SUMMARY: file,
    });
    return readSummary(file, ok);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {string[]} prefix
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>}
 */
function vitest(prefix, env) {
  const cli = join(ROOT, "node_modules/vitest/vitest.mjs");
  const [command = "", ...args] = [...prefix, process.execPath, cli, "run", ...process.argv.slice(2)];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: "inherit" });
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}

/**
 * @param {string} file
 * @param {boolean} ok Whether vitest ended well: when it broke off, that is one more that failed.
 * @returns {import("./summary-reporter.mjs").Summary}
 */
function readSummary(file, ok) {
  /** @type {import("./summary-reporter.mjs").Summary} */
  let summary = { passed: 0, failed: 0, skipped: 0 };
  try {
    summary = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    console.log("vitest ended without a result");
  }
  return ok || summary.failed > 0 ? summary : { ...summary, failed: 1 };
}
