import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ROOT } from "../../scripts/run.mjs";

/** Each as a page imports it, with everything that comes along; as size-limit does in `npm run check`. */
const IMPORTS = {
  peerjs: `import { Peer } from "peerjs"; console.log(Peer);`,
  trystero: `import { joinRoom } from "trystero"; console.log(joinRoom);`,
  clayground: `import { Network } from "@clayground/network"; console.log(Network);`,
};

/** What only few pages load, and when they need it. */
const SELDOM = ["*/browser-http.js", "*/preparation.js", "*/mesh.js", "*/transfers.js"];

/** simple-peer needs parts of Node, so a page loads its prebuilt file. */
const SIMPLE_PEER = createRequire(import.meta.url).resolve("simple-peer/simplepeer.min.js");

/**
 * What a page loads: bundled, minified, gzip.
 * @returns {Promise<import("../report/result.mjs").Result>}
 */
export async function size() {
  const empty = await bundled("let Nothing; console.log(Nothing);");
  const all = {
    peerjs: (await bundled(IMPORTS.peerjs)) - empty,
    "simple-peer": gzipped(readFileSync(SIMPLE_PEER)),
    trystero: (await bundled(IMPORTS.trystero)) - empty,
  };
  const first = (await bundled(IMPORTS.clayground, ["*/sessions.js", ...SELDOM])) - empty;
  const ours = (await bundled(IMPORTS.clayground)) - empty;
  const rows = Object.entries({ ...all, "clayground, at first": first, clayground: ours }).map(([contender, value]) => {
    return { contender, rounds: [value], value, ratio: undefined, more: {} };
  });
  return {
    id: "size",
    title: "Size in a page",
    unit: "kB",
    better: "less",
    method:
      "Bundled and minified by esbuild, then gzip, everything with it that a page loads until it plays in a star. " +
      "`at first`: what ours loads before the page hosts or joins. " +
      "More is loaded when it is needed: for a mesh, for transfers, where no WebSocket gets through, for short-lived TURN credentials.",
    rows,
    goals: [{ text: "what a page loads at first ≤ 14 kB", actual: first, isMet: first <= 14 }],
  };
}

/**
 * What a page loads at once; what is imported when it is needed comes in a file of its own.
 * @param {string} contents
 * @param {string[]} [external]
 */
async function bundled(contents, external = SELDOM) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: "esm",
    external,
    write: false,
    logLevel: "error",
  });
  return gzipped(outputFiles[0]?.contents ?? "");
}

/** @param {Uint8Array | string} content */
function gzipped(content) {
  return gzipSync(content, { level: 9 }).length / 1000;
}
