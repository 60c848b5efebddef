import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

/** @type {import("node:module").ResolveHook} */
export async function resolve(specifier, context, next) {
  // The command's own file starts what was built.
  const built = /^\.\.\/dist\/(.+)\.js$/.exec(specifier);
  return next(built ? `../src/${built[1]}.ts` : specifier, context);
}

/** @type {import("node:module").LoadHook} */
export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  const source = await readFile(fileURLToPath(url), "utf8");
  const { code } = await transform(source, { loader: "ts", target: "es2022", sourcefile: url });
  return { format: "module", source: code, shortCircuit: true };
}
