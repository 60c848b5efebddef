import { writeFileSync } from "node:fs";

/** What `npm test` says last. @typedef {{ passed: number, failed: number, skipped: number }} Summary */

/**
 * Counts the tests into a file. A test file or suite that broke outside of its tests counts as one failed test.
 * @param {string} file
 * @returns {import("vitest/reporters").Reporter}
 */
export function summaryReporter(file) {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const summary = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
      for (const module of modules) {
        for (const test of module.children.allTests()) {
          const { state } = test.result();
          if (state !== "pending") summary[state] += 1;
        }
        for (const suite of [module, ...module.children.allSuites()])
          if (suite.errors().length > 0) summary.failed += 1;
      }
      writeFileSync(file, JSON.stringify(summary));
    },
  };
}
