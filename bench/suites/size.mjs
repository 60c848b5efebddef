import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ROOT } from "../../scripts/run.mjs";

/** Each as a page imports it, with everything that comes along; as size-limit does in `npm run check`. */
const IMPORTS = {
  peerjs: `import { Peer } from "peerjs"; console.log(Peer);`,
  clayground: `import { Network } from "@clayground/network"; console.log(Network);`,
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
  const empty = await bundled("let Nothing; console.log(Nothing);");
  const all = {
    peerjs: (await bundled(IMPORTS.peerjs)) - empty,
    "simple-peer": gzipped(readFileSync(SIMPLE_PEER)),
    trystero: TRYSTERO,
  };
  const ours = (await bundled(IMPORTS.clayground)) - empty;
  const rows = Object.entries({ ...all, clayground: ours }).map(([contender, value]) => {
    return { contender, rounds: [value], value, ratio: undefined, more: {} };
  });
  return {
    id: "size",
    title: "Size in a page",
    unit: "kB",
    better: "less",
    method:
      "Bundled and minified by esbuild, then gzip, everything with it that a page loads at once. " +
      "Ours loads 1.5 kB more where no WebSocket gets through, and for short-lived TURN credentials.",
    rows,
    goals: [{ text: "size ≤ 14 kB", actual: ours, isMet: ours <= 14 }],
  };
}

/** What a page loads at once; what is imported when it is needed comes in a file of its own. @param {string} contents */
async function bundled(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: "esm",
    external: ["*/browser-http.js", "*/preparation.js", "*/mesh.js"],
    write: false,
    logLevel: "error",
  });
  return gzipped(outputFiles[0]?.contents ?? "");
}

/** @param {Uint8Array | string} content */
function gzipped(content) {
  return gzipSync(content, { level: 9 }).length / 1000;
}
