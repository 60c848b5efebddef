import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, run, tool } from "./run.mjs";
import { useInstalled } from "./use-installed.mjs";

/**
 * Packs every package as for publishing, and looks at what a user would get: its metadata (publint), whether its types
 * are found (attw), and whether it works when it is installed away from this repository.
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function checkPackages() {
  const folder = mkdtempSync(join(tmpdir(), "clayground-packages-"));
  try {
    const packages = readdirSync(join(ROOT, "packages")).map((name) => `./packages/${name}`);
    const packed = await run("npm", ["pack", ...packages, "--pack-destination", folder, "--silent"]);
    if (!packed.ok) return packed;
    const tarballs = readdirSync(folder).map((name) => join(folder, name));
    const checks = tarballs.flatMap((tarball) => [
      () => tool("publint", "run", tarball, "--strict"),
      () => tool("attw", tarball, "--profile", "esm-only", "--no-emoji", "--no-color"),
    ]);
    /** @type {string[]} */
    const problems = [];
    for (const check of [...checks, () => useInstalled(folder, tarballs)]) {
      const { ok, output } = await check();
      if (!ok) problems.push(output.trim());
    }
    return { ok: problems.length === 0, output: problems.join("\n") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
