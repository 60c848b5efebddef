import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { at, importsOf, packageSources } from "./source-tree.mjs";

/** What the packages that a browser installs may depend on: never a native module or a server. */
const BROWSER_SAFE = /** @type {const} */ ({ protocol: [], network: ["@clayground/protocol"] });

/**
 * The public API is named, export by export.
 * @type {import("./source-tree.mjs").Law}
 */
export function noWildcardExports(tree) {
  const inSources = packageSources(tree).flatMap((source) =>
    source.ast.statements
      .filter(ts.isExportDeclaration)
      .filter(({ exportClause }) => !exportClause || ts.isNamespaceExport(exportClause))
      .map((node) => at(source, node, "export *: name every export")),
  );
  const inManifests = manifests(tree).flatMap(({ file, manifest }) =>
    Object.keys(manifest.exports ?? {})
      .filter((path) => path.includes("*"))
      .map((path) => ({ file, line: 1, message: `exports "${path}": it makes every file public` })),
  );
  return [...inSources, ...inManifests];
}

/**
 * Importing a module does nothing but declare.
 * @type {import("./source-tree.mjs").Law}
 */
export function noImportSideEffects(tree) {
  return packageSources(tree).flatMap((source) =>
    source.ast.statements
      .filter((node) => !ts.isDeclarationStatement(node) && !ts.isVariableStatement(node) && !isImportOrExport(node))
      .map((node) => at(source, node, "runs on import: put it into a function")),
  );
}

/** @param {ts.Statement} node */
function isImportOrExport(node) {
  return ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isExportAssignment(node);
}

/**
 * What a browser installs has nothing of Node in it.
 * @type {import("./source-tree.mjs").Law}
 */
export function browserSafe(tree) {
  return Object.entries(BROWSER_SAFE).flatMap(([folder, allowed]) => {
    const inSources = packageSources(tree, new RegExp(`^packages/${folder}/src/`)).flatMap((source) =>
      importsOf(source)
        .filter(({ specifier }) => isBuiltin(specifier))
        .map(({ specifier, node }) => at(source, node, `imports ${specifier}: a browser has no such module`)),
    );
    const inManifest = manifests(tree)
      .filter(({ file }) => file === `packages/${folder}/package.json`)
      .flatMap(({ file, manifest }) =>
        Object.keys(manifest.dependencies ?? {})
          .filter((name) => !(/** @type {readonly string[]} */ (allowed).includes(name)))
          .map((name) => ({ file, line: 1, message: `depends on ${name}: every browser user would install it` })),
      );
    return [...inSources, ...inManifest];
  });
}

/**
 * The lock names no registry, so that it works with every mirror.
 * @type {import("./source-tree.mjs").Law}
 */
export function lockWithoutRegistry({ root }) {
  const file = "package-lock.json";
  const lines = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8").split("\n") : [];
  return lines.flatMap((text, index) =>
    /"resolved": "https?:/.test(text) ? [{ file, line: index + 1, message: "names a registry: see .npmrc" }] : [],
  );
}

/**
 * @param {import("./source-tree.mjs").Tree} tree
 * @returns {{ file: string, manifest: { exports?: object, dependencies?: object } }[]}
 */
function manifests({ root }) {
  if (!existsSync(join(root, "packages"))) return [];
  return readdirSync(join(root, "packages"))
    .map((folder) => `packages/${folder}/package.json`)
    .filter((file) => existsSync(join(root, file)))
    .map((file) => ({ file, manifest: JSON.parse(readFileSync(join(root, file), "utf8")) }));
}
