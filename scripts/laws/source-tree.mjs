import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/**
 * What a law says about one line.
 * @typedef {{ file: string, line: number, message: string }} Violation
 *
 * A source file with its path from the root, in `/` form.
 * @typedef {{ path: string, text: string, ast: ts.SourceFile }} Source
 *
 * @typedef {{ root: string, sources: Source[] }} Tree
 *
 * @typedef {(tree: Tree) => Violation[]} Law
 */

const FOLDERS = ["packages", "examples", "test", "bench", "scripts"];
const SKIPPED = new Set(["node_modules", "dist", "coverage", "out"]);
const SCRIPT = /\.(?:ts|js|mjs)$/;
const COUNTED = /\.(?:ts|js|mjs|css|html)$/;

/**
 * Reads every source file below a root.
 * @param {string} root
 * @returns {Tree}
 */
export function readTree(root) {
  const paths = FOLDERS.flatMap((folder) => (existsSync(join(root, folder)) ? walk(root, folder) : []));
  return {
    root,
    sources: paths.map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return {
        path,
        text,
        ast: ts.createSourceFile(path, SCRIPT.test(path) ? text : "", ts.ScriptTarget.ES2022, true),
      };
    }),
  };
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function walk(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith(".") ? [] : walk(root, path);
    return entry.isFile() && COUNTED.test(entry.name) ? [path] : [];
  });
}

/**
 * The packages' own code, without tests.
 * @param {Tree} tree
 * @param {RegExp} [folders]
 * @returns {Source[]}
 */
export function packageSources(tree, folders = /^packages\/[^/]+\/src\//) {
  return tree.sources.filter(({ path }) => folders.test(path) && SCRIPT.test(path));
}

/**
 * @param {Source} source
 * @param {ts.Node} node
 * @param {string} message
 * @returns {Violation}
 */
export function at(source, node, message) {
  const { line } = source.ast.getLineAndCharacterOfPosition(node.getStart(source.ast));
  return { file: source.path, line: line + 1, message };
}

/**
 * Every node below `node`, itself first.
 * @param {ts.Node} node
 * @returns {Generator<ts.Node, void, undefined>}
 */
export function* nodesOf(node) {
  yield node;
  /** @type {ts.Node[]} */
  const children = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}

/**
 * What a file imports, in any of the four ways, types too.
 * @param {Source} source
 * @returns {{ specifier: string, node: ts.Node }[]}
 */
export function importsOf(source) {
  /** @type {{ specifier: string, node: ts.Node }[]} */
  const found = [];
  for (const node of nodesOf(source.ast)) {
    const target = importTarget(node);
    if (target && ts.isStringLiteralLike(target)) found.push({ specifier: target.text, node });
  }
  return found;
}

/**
 * @param {ts.Node} node
 * @returns {ts.Node | undefined}
 */
function importTarget(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return node.arguments[0];
  return ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
}
