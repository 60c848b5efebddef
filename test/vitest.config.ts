import { defineConfig } from "vitest/config";

const conditions = ["clayground-source"];

/** End-to-end tests: real browsers, real processes, real WebRTC. `npm test` gives them a network of their own. */
const config: ReturnType<typeof defineConfig> = defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["e2e/*.test.ts"],
    globalSetup: ["harness/global-setup.ts"],
    // Eight nodes with real WebRTC fill two cores: one file at a time, and all in the same browsers.
    fileParallelism: false,
    isolate: false,
    // Of tests that may run at once: they wait more than they work.
    maxConcurrency: 8,
    testTimeout: 30_000,
    hookTimeout: 20_000,
  },
});
export default config;
