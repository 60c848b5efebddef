import { existsSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, globalLogger } from "tsdown";

// Builds every package into its dist/, and the one-file module for pages (see tsdown.config.ts).
const started = Date.now();
globalLogger.level = "error"; // tsdown 0.21 warns about Node 20 each time, its successor no longer runs there
process.chdir(join(import.meta.dirname, ".."));
try {
  await build({ logLevel: "error" });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

for (const folder of readdirSync("packages")) {
  const dist = join("packages", folder, "dist");
  if (!existsSync(dist)) continue;
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .map((name) => join(dist, name))
    .filter((path) => statSync(path).isFile());
  // What an earlier build has left behind goes only now: at no time is dist incomplete for who uses it.
  for (const path of files) if (statSync(path).mtimeMs < started - 1000) rmSync(path);
  console.log(`${dist}: ${files.filter((path) => path.endsWith(".js") && existsSync(path)).length} modules`);
}
const page = "packages/network/dist/clayground-network.js";
console.log(`${page}: ${(gzipSync(readFileSync(page)).length / 1000).toFixed(1)} kB gzip`);
console.log(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
