/** What `npm run check` holds the bundles to: minified, gzip, everything with it. */
// oxlint-disable-next-line import/no-default-export -- size-limit reads it
export default [
  {
    name: "import { Network }: what a page loads before it hosts or joins",
    path: "packages/network/dist/index.js",
    import: "{ Network }",
    limit: "14.1 kB",
    gzip: true,
    // Bundlers put what is imported when it is needed into files of their own.
    ignore: ["*/browser-http.js", "*/preparation.js", "*/mesh.js"],
    /** @param {import("esbuild").BuildOptions} config */
    modifyEsbuildConfig: (config) => ({ ...config, format: "esm" }),
  },
  {
    name: "the whole library in one file, for pages without a bundler",
    path: "packages/network/dist/clayground-network.js",
    limit: "19.5 kB",
    gzip: true,
  },
];
