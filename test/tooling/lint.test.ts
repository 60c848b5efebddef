import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** One offense for each rule that the architecture asks of the linter, in a file of its own. */
const OFFENSES = {
  "typescript(no-floating-promises)": `export async function a(): Promise<void> {}\nexport const b = (): void => { a(); };\n`,
  "typescript(no-misused-promises)": `export const a = (): unknown => [1].filter(async () => true);\n`,
  "typescript(no-explicit-any)": `export const a: any = 1;\n`,
  "typescript(ban-ts-comment)": `// @ts-ignore\nexport const a: number = "1";\n`,
  "typescript(consistent-type-imports)": `import { A } from "./types.ts";\nexport const a: A = 1;\n`,
  "import(no-default-export)": `export default 1;\n`,
  "import(no-cycle)": `import { b } from "./cycle.ts";\nexport const a = (): unknown => b;\n`,
  "eslint(no-console)": `export const a = (): void => console.log(1);\n`,
  "vitest(no-focused-tests)": `import { test } from "vitest";\ntest.only("a", () => {});\n`,
};

describe("the linter", () => {
  let folder: string;
  let report: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "clayground-lint-"));
    const src = join(folder, "packages/network/src");
    mkdirSync(src, { recursive: true });
    Object.values(OFFENSES).forEach((text, index) => writeFileSync(join(src, `offense-${index}.ts`), text));
    const cyclic = Object.keys(OFFENSES).indexOf("import(no-cycle)");
    writeFileSync(
      join(src, "cycle.ts"),
      `import { a } from "./offense-${cyclic}.ts";\nexport const b = (): unknown => a;\n`,
    );
    writeFileSync(join(src, "types.ts"), "export type A = number;\n");
    const compilerOptions = { module: "nodenext", target: "es2022", strict: true, noEmit: true, types: [] };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...compilerOptions, allowImportingTsExtensions: true } }),
    );
    const oxlint = join(ROOT, "node_modules/.bin/oxlint");
    // Its patterns of paths count from where it lies.
    copyFileSync(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    report = spawnSync(oxlint, ["--format", "unix"], { cwd: folder, encoding: "utf8" }).stdout;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(Object.keys(OFFENSES).map((rule, index) => [rule, index] as const))("%s bites", (rule, index) => {
    const lines = report.split("\n").filter((line) => line.includes(`offense-${index}.ts:`));
    expect(lines.join("\n")).toContain(`[Error/${rule}]`);
  });
});
