import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, release } from "node:os";
import { dirname, join } from "node:path";

/**
 * What a figure means nothing without.
 * @typedef {{ date: string, command: string, machine: string, versions: Record<string, string> }} Surroundings
 */

/**
 * @param {string[]} browsers Each with its version.
 * @returns {Surroundings}
 */
export function surroundings(browsers) {
  const suites = process.argv.slice(2);
  /** @type {Record<string, string>} */
  const versions = { node: process.versions.node };
  for (const name of ["node-datachannel", "peerjs", "simple-peer", "trystero", "peer", "ws"])
    versions[name] = versionOf(name);
  for (const browser of browsers) {
    const [name = "", version = ""] = browser.split("/");
    versions[name.toLowerCase()] = version;
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    command: ["npm run bench", ...(suites.length > 0 ? ["--", ...suites] : [])].join(" "),
    machine: `${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? process.arch}, ${process.platform} ${release().split("-")[0]}`,
    versions,
  };
}

/** @param {string} name */
function versionOf(name) {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (manifest.name === name) return String(manifest.version);
    } catch {
      // Not the package's own folder yet.
    }
    if (folder === dirname(folder)) return "unknown";
    folder = dirname(folder);
  }
}
