import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ROOT } from "../../scripts/run.mjs";

/** Each as a page imports it, with everything that comes along. */
const IMPORTS = {
  peerjs: `export { Peer } from "peerjs";`,
  clayground: `export { Network } from "@clayground/network";`,
};

/** simple-peer needs parts of Node, so a page loads its prebuilt file. */
const SIMPLE_PEER = createRequire(import.meta.url).resolve("simple-peer/simplepeer.min.js");

/** Trystero 0.25.4 with its default strategy, bundled the same way. It takes no part in the rest, so it is not installed. */
const TRYSTERO = 22.6;

/**
 * What a page loads: bundled, minified, gzip.
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function size() {
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const [name, contents] of Object.entries(IMPORTS)) {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: ROOT },
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
      logLevel: "error",
    });
    sizes.set(name, gzipped(outputFiles[0]?.contents ?? ""));
  }
  const all = {
    peerjs: sizes.get("peerjs") ?? 0,
    "simple-peer": gzipped(readFileSync(SIMPLE_PEER)),
    trystero: TRYSTERO,
  };
  const ours = sizes.get("clayground") ?? Number.NaN;
  const rows = Object.entries({ ...all, clayground: ours }).map(([contender, value]) => {
    return { contender, rounds: [value], value, ratio: undefined, more: {} };
  });
  return {
    id: "size",
    title: "Size in a page",
    unit: "kB",
    method: "Bundled and minified by esbuild, then gzip, everything with it.",
    rows,
    goals: [{ text: "size ≤ 12 kB", actual: ours, isMet: ours <= 12 }],
  };
}

/** @param {Uint8Array | string} content */
function gzipped(content) {
  return gzipSync(content, { level: 9 }).length / 1000;
}
