import { defineConfig, type UserConfig } from "tsdown";
import manifest from "./packages/network/package.json" with { type: "json" };

/** Every package: ES modules, one output file a source file, types beside them. */
const shared: UserConfig = {
  format: "esm",
  target: "es2022",
  fixedExtension: false,
  sourcemap: true,
  clean: false, // scripts/build.mjs removes what is stale afterwards, so that dist is never empty in between
  failOnWarn: true,
  logLevel: "warn",
  report: false,
};

const library = (folder: string, entry: string[], platform: "neutral" | "node"): UserConfig => ({
  ...shared,
  cwd: `packages/${folder}`,
  entry,
  platform,
  unbundle: true,
  dts: { sourcemap: true },
  // Else an inlined constant leaves `import "./limits.js"` behind, and bundlers warn about it.
  inputOptions: { optimization: { inlineConst: false } },
  outputOptions: { sourcemapExcludeSources: true }, // src is published, too
});

/** `@clayground/network` and all it needs in one file, for pages without a bundler. */
const oneFile: UserConfig = {
  ...shared,
  cwd: "packages/network",
  entry: { "clayground-network": "src/index.ts" },
  platform: "browser",
  minify: true,
  banner: `/*! ${manifest.name} ${manifest.version}, ${manifest.license} license */`,
  dts: false,
  deps: { alwaysBundle: [/^@clayground\//] },
  inputOptions: { resolve: { conditionNames: ["clayground-source", "import"] } },
  outputOptions: { codeSplitting: false }, // one file, also what other pages load only when they need it
};

export default defineConfig([
  library("protocol", ["src/index.ts"], "neutral"),
  library("network", ["src/index.ts", "src/testing/index.ts"], "neutral"),
  library("network-node", ["src/index.ts", "src/command-line/main.ts"], "node"),
  library("signaling-server", ["src/index.ts", "src/command-line/main.ts"], "node"),
  library("lan", ["src/index.ts"], "node"),
  library("dev-server", ["src/index.ts"], "node"),
  oneFile,
]);
