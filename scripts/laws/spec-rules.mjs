import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { at, nodesOf } from "./source-tree.mjs";

const SPEC = "packages/protocol/SPEC.md";

/**
 * Every numbered rule of the specification has a test whose name starts with it, as `[F3] …`, and no test names a rule
 * that is not there.
 * @type {import("./source-tree.mjs").Law}
 */
export function rulesTested({ root, sources }) {
  if (!existsSync(join(root, SPEC))) return [];
  const lines = readFileSync(join(root, SPEC), "utf8").split("\n");
  const rules = new Map(lines.flatMap((line, index) => ruleOf(line).map((rule) => [rule, index + 1])));
  /** @type {Set<string>} */
  const tested = new Set();
  /** @type {import("./source-tree.mjs").Violation[]} */
  const unknown = [];
  for (const source of sources.filter(({ path }) => /\/test(?:ing)?\//.test(path))) {
    for (const node of nodesOf(source.ast)) {
      for (const rule of ts.isStringLiteralLike(node) ? rulesNamed(node.text) : []) {
        tested.add(rule);
        if (!rules.has(rule)) unknown.push(at(source, node, `${rule} is no rule of ${SPEC}`));
      }
    }
  }
  const untested = [...rules].filter(([rule]) => !tested.has(rule));
  return [
    ...untested.map(([rule, line]) => ({ file: SPEC, line, message: `no test's name has [${rule}]` })),
    ...unknown,
  ];
}

/**
 * A rule is an item of a list: `- **F3** …`.
 * @param {string} line
 */
function ruleOf(line) {
  return [...line.matchAll(/^[-*] \*\*([A-Z]+\d+)\*\*/g)].map(([, rule = ""]) => rule);
}

/**
 * @param {string} name As `[F3] …` or `[F3, F4] …`.
 */
function rulesNamed(name) {
  return /^\[([A-Z]+\d+(?:, [A-Z]+\d+)*)\]/.exec(name)?.[1]?.split(", ") ?? [];
}
