import { defineConfig } from "vitest/config";
import { summaryReporter } from "./scripts/summary-reporter.mjs";

// Tests run from the sources: no build is needed, and a stack names the real line.
const conditions = ["clayground-source"];

const summary = process.env["CLAYGROUND_TEST_SUMMARY"];

/** `npm test` runs both; `npx vitest run packages/protocol` or `--project unit` runs a part. */
export default defineConfig({
  test: {
    reporters: ["default", ...(summary ? [summaryReporter(summary)] : [])],
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: "unit",
          include: [
            "packages/*/test/**/*.test.ts",
            "examples/*/test/**/*.test.{js,ts}",
            "test/{interop,tooling}/*.test.ts",
          ],
          testTimeout: 15_000,
          // Most of these files take less time than a process of their own; those that do not wait for sockets and children.
          isolate: false,
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      // Real browsers on few cores: after the others.
      ...(process.env["CLAYGROUND_SKIP_BROWSERS"] === "1"
        ? []
        : [{ extends: "./test/vitest.config.ts", root: "test", test: { name: "e2e", sequence: { groupOrder: 1 } } }]),
    ],
  },
});
