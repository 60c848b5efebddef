import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const sources = fileURLToPath(new URL("agent/", import.meta.url));
// Inside the repository, so that a child process finds the packages from there.
const compiled = fileURLToPath(new URL("../.cache/agent/", import.meta.url));

/** Where {@link compileAgent} has put a file. */
export function compiledAgent(file: string): string {
  return join(compiled, file);
}

/** Strips the agent's types, which neither Node 20 nor a browser can do. */
export function compileAgent(): void {
  mkdirSync(compiled, { recursive: true });
  writeFileSync(compiledAgent("package.json"), `{ "type": "module" }\n`);
  for (const file of readdirSync(sources)) {
    const { outputText } = ts.transpileModule(readFileSync(join(sources, file), "utf8"), {
      fileName: file,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ES2022,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    writeFileSync(compiledAgent(file.replace(/\.ts$/, ".js")), outputText);
  }
}
