import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** What an example may use without saying where it comes from; left out where it says so itself. */
const GIVEN: Readonly<Record<string, string>> = {
  network: "declare const network: Network;",
  code: "declare const code: string;",
  setup: "declare const setup: never;",
  show: "declare function show(text: string): void;",
  draw: "declare function draw(state: unknown): void;",
  test: "declare function test(name: string, run: () => void | Promise<void>): void;",
  expect: "declare function expect(value: unknown): { toBe(other: unknown): void };",
};

interface Example {
  readonly place: string;
  readonly code: string;
}

/** Fenced `ts` blocks of Markdown, and of TSDoc comments (whose lines begin with a star). */
function examplesIn(file: string): Example[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/^( *\* )?```ts\n([\s\S]*?)^(?: *\* )?```/gm)].map(([, star, body = ""], index) => ({
    place: `${file} #${index + 1}`,
    code: star ? body.replace(/^ *\* ?/gm, "") : body,
  }));
}

/** The example as a module: imports what it uses of the package, declares what it takes as given. */
function asModule({ place, code }: Example, exports: ReadonlyMap<string, ReadonlySet<string>>): string {
  const own = /^packages\/([\w-]+)\/src\/testing/.exec(place) ? "@clayground/network/testing" : undefined;
  const core = place.includes("network-node") ? "@clayground/network-node" : "@clayground/network";
  const isDeclared = (name: string): boolean =>
    new RegExp(
      `(?:const|let|class|function) ${name}\\b|import[^;]*\\b${name}\\b|(?:const|let) [\\[{][^=}\\]]*\\b${name}\\b`,
    ).test(code);
  const isUsed = (name: string): boolean => new RegExp(`(?<![.\\w"'/])${name}\\b`).test(code);
  const given = Object.entries(GIVEN)
    .filter(([name]) => isUsed(name) && !isDeclared(name))
    .map(([, line]) => line);
  const needed = given.some((line) => line.includes("Network")) ? " Network" : "";
  const lines = [own, core].flatMap((name) => {
    const names = [...(exports.get(name ?? "") ?? [])].filter(
      (each) => (isUsed(each) || needed.includes(each)) && !isDeclared(each),
    );
    return name && names.length > 0 ? [`import { ${names.join(", ")} } from "${name}";`] : [];
  });
  return [...lines, ...given, code, "export {};"].join("\n");
}

function compile(modules: ReadonlyMap<string, string>): readonly ts.Diagnostic[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: ["node"],
    customConditions: ["clayground-source"],
    allowImportingTsExtensions: true,
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (name) => modules.has(name) || fileExists.call(host, name);
  host.readFile = (name) => modules.get(name) ?? readFile.call(host, name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = modules.get(name);
    return text === undefined
      ? getSourceFile.call(host, name, version, ...rest)
      : ts.createSourceFile(name, text, version, true);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  return [...modules.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
}

/** The values that a package exports, read from its index. */
function exportsOf(index: string): Set<string> {
  const source = readFileSync(join(ROOT, index), "utf8");
  const lists = [...source.matchAll(/export \{([^}]*)\}/g)].map(([, list = ""]) => list);
  return new Set(lists.flatMap((list) => list.split(",").map((name) => name.trim())).filter(Boolean));
}

test("every example in the documentation compiles against the library as it is", { timeout: 60_000 }, () => {
  const files = ["", "docs", "packages"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: folder !== "", encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const documented = /^(?:[A-Z]+\.md|docs\/.*\.md|packages\/[\w-]+\/(?:README\.md|src\/.*\.ts))$/;
  const examples = files.filter((file) => documented.test(file)).flatMap(examplesIn);
  expect(examples.length).toBeGreaterThan(8);
  const exports = new Map([
    ["@clayground/network", exportsOf("packages/network/src/index.ts")],
    ["@clayground/network-node", exportsOf("packages/network-node/src/index.ts")],
    ["@clayground/network/testing", exportsOf("packages/network/src/testing/index.ts")],
  ]);
  const places = new Map<string, string>();
  const modules = new Map<string, string>();
  for (const [index, example] of examples.entries()) {
    // Beside a package that may import all others, so that names resolve as they do for a user.
    const name = join(ROOT, `packages/network-node/src/example-${index}.ts`);
    places.set(name, example.place);
    modules.set(name, asModule(example, exports));
  }
  const problems = compile(modules).map(({ file, messageText }) => {
    const name = file?.fileName ?? "";
    return `${places.get(name)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}\n${modules.get(name)}`;
  });
  expect(problems).toEqual([]);
});
