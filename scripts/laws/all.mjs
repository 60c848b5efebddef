import { errorsDocumented, exportsDocumented } from "./documentation.mjs";
import { fileLength } from "./file-length.mjs";
import { folderOrder } from "./folder-order.mjs";
import { browserSafe, lockWithoutRegistry, noImportSideEffects, noWildcardExports } from "./modules.mjs";
import { names } from "./names.mjs";
import { noGlobals } from "./no-globals.mjs";
import { readTree } from "./source-tree.mjs";
import { rulesTested } from "./spec-rules.mjs";

/** The laws of ARCHITECTURE.md that no other tool checks. test/tooling shows that each one bites. */
const LAWS = {
  "file-length": fileLength,
  "folder-order": folderOrder,
  "no-globals": noGlobals,
  names,
  "no-wildcard-exports": noWildcardExports,
  "no-import-side-effects": noImportSideEffects,
  "browser-safe": browserSafe,
  "lock-without-registry": lockWithoutRegistry,
  "errors-documented": errorsDocumented,
  "exports-documented": exportsDocumented,
  "rules-tested": rulesTested,
};

/**
 * Every breach of a law, one a line: where, which law, what to do.
 * @param {string} root
 * @returns {string[]}
 */
export function checkLaws(root) {
  const tree = readTree(root);
  return Object.entries(LAWS).flatMap(([name, law]) =>
    law(tree).map(({ file, line, message }) => `${file}:${line} ${name}: ${message}`),
  );
}
