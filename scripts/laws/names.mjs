import ts from "typescript";
import { at, nodesOf } from "./source-tree.mjs";

const VAGUE = /(?:Manager|Helper)s?(?:$|[A-Z])/;
const VAGUE_FILE = /(?:^|[-.])(?:utils?|helpers?|managers?)\.[a-z]+$/;
const HUNGARIAN = /^I[A-Z][a-z]/;

/**
 * A name says what a thing does: no `Manager`, `Helper`, `utils.ts`, no `I` before an interface.
 * @type {import("./source-tree.mjs").Law}
 */
export function names(tree) {
  return tree.sources.flatMap((source) => {
    const file = source.path.split("/").at(-1) ?? "";
    const ofFile = VAGUE_FILE.test(file) ? [{ file: source.path, line: 1, message: `${file}: name what it does` }] : [];
    const ofDeclarations = [...nodesOf(source.ast)].flatMap((node) => {
      const name = declaredName(node);
      if (!name) return [];
      if (VAGUE.test(name.text)) return [at(source, name, `${name.text}: name what it does`)];
      const isType = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
      return isType && HUNGARIAN.test(name.text) ? [at(source, name, `${name.text}: no I before a type`)] : [];
    });
    return [...ofFile, ...ofDeclarations];
  });
}

/**
 * @param {ts.Node} node
 * @returns {ts.Identifier | undefined}
 */
function declaredName(node) {
  const isNamed =
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isVariableDeclaration(node);
  return isNamed && node.name && ts.isIdentifier(node.name) ? node.name : undefined;
}
