import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** @type {import("node:module").ResolveHook} */
export async function resolve(specifier, context, next) {
  // The command's own file starts what was built.
  return next(specifier === "../dist/index.js" ? "../src/index.ts" : specifier, context);
}

/** @type {import("node:module").LoadHook} */
export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  const source = await readFile(fileURLToPath(url), "utf8");
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  return { format: "module", source: ts.transpile(source, options, url), shortCircuit: true };
}
