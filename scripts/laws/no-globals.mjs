import ts from "typescript";
import { at, packageSources } from "./source-tree.mjs";

/** Where a runtime's globals are allowed: the adapters to it, and what imitates one. */
const ADAPTERS = /^packages\/network\/src\/(?:platform\/browser[^/]*\.ts$|testing\/)/;

/** The language itself, and what is the same everywhere and neither a clock nor a door to the outside. */
const ALLOWED = new Set(
  `AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Blob Boolean DataView Error Float32Array Float64Array
  Infinity Int16Array Int32Array Int8Array JSON Map Math NaN Number Object Promise Proxy RangeError Reflect RegExp Set
  String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet
  decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt undefined arguments
  AbortController AbortSignal DOMException Event EventTarget TextDecoder TextEncoder URL URLSearchParams queueMicrotask
  structuredClone`.split(/\s+/),
);
const FORBIDDEN_MEMBERS = new Set(["Math.random", "AbortSignal.timeout"]);

/**
 * Time, randomness, sockets and connections come through `Platform`: tests patch nothing and repeat exactly.
 * @type {import("./source-tree.mjs").Law}
 */
export function noGlobals(tree) {
  const sources = packageSources(tree, /^packages\/(?:network|protocol)\/src\//);
  const byPath = new Map(sources.map((source) => [source.path, source]));
  // A program without libraries and imports knows what a file declares itself, and nothing else.
  const program = ts.createProgram({
    rootNames: [...byPath.keys()],
    options: { noLib: true, noResolve: true, allowJs: true, types: [], target: ts.ScriptTarget.ES2022 },
    host: {
      ...ts.createCompilerHost({}),
      getSourceFile: (path) => byPath.get(path)?.ast,
      fileExists: (path) => byPath.has(path),
      getCurrentDirectory: () => "",
    },
  });
  const checker = program.getTypeChecker();
  return sources
    .filter(({ path }) => !ADAPTERS.test(path))
    .flatMap((source) =>
      valueNames(source.ast).flatMap((name) => {
        const member = ts.isPropertyAccessExpression(name.parent) ? name.parent.getText(source.ast) : "";
        if (isDeclared(checker, name)) return [];
        if (ALLOWED.has(name.text) && !FORBIDDEN_MEMBERS.has(member)) return [];
        return [at(source, name, `global ${member || name.text}: what a runtime gives comes through Platform`)];
      }),
    );
}

/**
 * The identifiers that stand for a value: no types, no member names, nothing of import lines.
 * @param {ts.Node} node
 * @returns {ts.Identifier[]}
 */
function valueNames(node) {
  if (ts.isIdentifier(node)) return isLabelOrMember(node) ? [] : [node];
  if (isTypeOnly(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return [];
  /** @type {ts.Identifier[]} */
  const found = [];
  node.forEachChild((child) => void found.push(...valueNames(child)));
  return found;
}

/** @param {ts.Node} node */
function isTypeOnly(node) {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isHeritageClause(node)) return node.token === ts.SyntaxKind.ImplementsKeyword;
  return ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);
}

/** @param {ts.Identifier} name */
function isLabelOrMember(name) {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === name;
  if (ts.isBindingElement(parent)) return parent.propertyName === name;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent) || ts.isMetaProperty(parent)) return true;
  return false;
}

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.Identifier} name
 */
function isDeclared(checker, name) {
  const symbol = ts.isShorthandPropertyAssignment(name.parent)
    ? checker.getShorthandAssignmentValueSymbol(name.parent)
    : checker.getSymbolAtLocation(name);
  return (symbol?.declarations?.length ?? 0) > 0;
}
