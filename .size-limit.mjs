/** What only few pages load, and when they need it. */
const SELDOM = ["*/browser-http.js", "*/preparation.js", "*/mesh.js", "*/transfers.js"];

/** What `npm run check` holds the bundles to: minified, gzip, everything with it. */
// oxlint-disable-next-line import/no-default-export -- size-limit reads it
export default [
  {
    name: "import { Network }: what a page loads before it hosts or joins",
    path: "packages/network/dist/index.js",
    import: "{ Network }",
    limit: "5.5 kB",
    gzip: true,
    // Bundlers put what is imported when it is needed into files of their own.
    ignore: ["*/sessions.js", ...SELDOM],
    /** @param {import("esbuild").BuildOptions} config */
    modifyEsbuildConfig: (config) => ({ ...config, format: "esm" }),
  },
  {
    name: "the same and the sessions: all that a star takes",
    path: ["packages/network/dist/index.js", "packages/network/dist/session/sessions.js"],
    import: {
      "packages/network/dist/index.js": "{ Network }",
      "packages/network/dist/session/sessions.js": "{ HostSession, JoinerSession }",
    },
    limit: "21.9 kB",
    gzip: true,
    ignore: SELDOM,
    /** @param {import("esbuild").BuildOptions} config */
    modifyEsbuildConfig: (config) => ({ ...config, format: "esm" }),
  },
  {
    name: "the whole library in one file, for pages without a bundler",
    path: "packages/network/dist/clayground-network.js",
    limit: "29.6 kB",
    gzip: true,
  },
];
