import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ROOT, tool } from "./run.mjs";

/**
 * Compiles every folder that has sources, each with its own configuration, so that nothing is left out.
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function checkTypes() {
  const waiting = folders();
  /** @type {string[]} */
  const problems = [];
  const worker = async () => {
    for (let folder = waiting.shift(); folder; folder = waiting.shift()) {
      const { ok, output } = await tool("tsc", "--project", folder, "--pretty", "false");
      if (!ok) problems.push(output.trim().replace(/^error/gm, `${folder}: error`));
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  return { ok: problems.length === 0, output: problems.join("\n") };
}

/** A folder without a tsconfig.json is named, too: tsc says that it is missing. */
function folders() {
  const packages = below("packages");
  // What runs elsewhere than the package's own sources.
  const others = packages.flatMap((folder) => [`${folder}/test`, `${folder}/client`]);
  return [".", ...packages, ...others, ...below("examples"), "test", "bench"].filter((folder) =>
    existsSync(join(ROOT, folder)),
  );
}

/** @param {string} folder */
function below(folder) {
  return readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`);
}
