import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { packageSources } from "./source-tree.mjs";

const ERRORS_SOURCE = "packages/network/src/errors.ts";
const ERRORS_PAGE = "docs/errors.md";
const ENTRIES = /^packages\/[^/]+\/src\/(?:index|testing\/index)\.ts$/;

/**
 * Every error code has its section, with cause and cure.
 * @type {import("./source-tree.mjs").Law}
 */
export function errorsDocumented({ root, sources }) {
  if (!sources.some(({ path }) => path === ERRORS_SOURCE)) return [];
  const page = existsSync(join(root, ERRORS_PAGE)) ? readFileSync(join(root, ERRORS_PAGE), "utf8") : "";
  const sections = new Set([...page.matchAll(/^#{2,4} `?([\w-]+)`?\s*$/gm)].map(([, code]) => code));
  return errorCodes(root)
    .filter((code) => !sections.has(code))
    .map((code) => ({ file: ERRORS_PAGE, line: 1, message: `no section for error code ${code}` }));
}

/**
 * The members of the union `NetworkErrorCode`, as the compiler sees it.
 * @param {string} root
 * @returns {string[]}
 */
function errorCodes(root) {
  const path = join(root, ERRORS_SOURCE);
  const program = ts.createProgram([path], { noLib: true, noResolve: true, types: [] });
  const checker = program.getTypeChecker();
  const alias = program
    .getSourceFile(path)
    ?.statements.filter(ts.isTypeAliasDeclaration)
    .find(({ name }) => name.text === "NetworkErrorCode");
  if (!alias) throw new Error(`${ERRORS_SOURCE} declares no type NetworkErrorCode`);
  const type = checker.getTypeAtLocation(alias);
  return (type.isUnion() ? type.types : [type]).filter((member) => member.isStringLiteral()).map(({ value }) => value);
}

/**
 * An editor says a sentence about everything public, and about every member of a public class.
 * @type {import("./source-tree.mjs").Law}
 */
export function exportsDocumented(tree) {
  const entries = packageSources(tree, ENTRIES);
  const program = ts.createProgram(
    entries.map(({ path }) => join(tree.root, path)),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      customConditions: ["clayground-source"],
      allowImportingTsExtensions: true,
      noEmit: true,
      noLib: true,
      types: [],
    },
  );
  const checker = program.getTypeChecker();
  /** @type {Map<string, import("./source-tree.mjs").Violation>} */
  const found = new Map();
  for (const { path } of entries) {
    const file = program.getSourceFile(join(tree.root, path));
    const module = file && checker.getSymbolAtLocation(file);
    for (const exported of module ? checker.getExportsOfModule(module) : []) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      for (const { name, node } of undocumented(checker, symbol)) {
        const source = node.getSourceFile();
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        const place = source.fileName.slice(tree.root.length + 1);
        found.set(`${place}:${name}`, { file: place, line: line + 1, message: `${name} is public: say what it is` });
      }
    }
  }
  return [...found.values()];
}

/**
 * @param {ts.TypeChecker} checker
 * @param {ts.Symbol} symbol
 * @returns {{ name: string, node: ts.Declaration }[]}
 */
function undocumented(checker, symbol) {
  const node = symbol.declarations?.[0];
  if (!node || /node_modules/.test(node.getSourceFile().fileName)) return [];
  const members = ts.isClassDeclaration(node) ? membersOf(checker, node) : [];
  return [symbol, ...members]
    .filter((each) => each.getDocumentationComment(checker).length === 0)
    .flatMap((each) => {
      const name = each === symbol ? symbol.name : `${symbol.name}.${each.name}`;
      return each.declarations?.[0] ? [{ name, node: each.declarations[0] }] : [];
    });
}

/**
 * The public members that a class brings itself: what an interface asks for is explained there.
 * @param {ts.TypeChecker} checker
 * @param {ts.ClassDeclaration} node
 * @returns {ts.Symbol[]}
 */
function membersOf(checker, node) {
  const implemented = (node.heritageClauses ?? []).flatMap(({ types }) => types.map(checker.getTypeAtLocation));
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Override;
  return node.members.flatMap((member) => {
    const symbol = member.name && checker.getSymbolAtLocation(member.name);
    if (!symbol || !member.name || ts.isPrivateIdentifier(member.name)) return [];
    if (ts.getCombinedModifierFlags(member) & hidden) return [];
    return implemented.some((type) => type.getProperty(symbol.name)) ? [] : [symbol];
  });
}
