import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run, tool } from "./run.mjs";

/**
 * Installs tarballs as a user would. Then every entry is imported in Node, every program is asked for its help, and the
 * types are compiled: in a browser's project without Node's types, and in a Node project.
 * @param {string} folder A folder outside of the repository.
 * @param {string[]} tarballs
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function useInstalled(folder, tarballs) {
  /** @param {string} name @param {string} text */
  const write = (name, text) => writeFileSync(join(folder, name), text);
  write("package.json", `{ "private": true, "type": "module" }`);
  const install = ["install", ...tarballs, "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  const installed = await run("npm", install, { cwd: folder });
  if (!installed.ok) return installed;
  const names = Object.keys(manifestOf(folder).dependencies);
  const packages = names.map((name) => ({ name, manifest: manifestOf(join(folder, "node_modules", name)) }));
  const entries = packages.flatMap(({ name, manifest }) => entriesOf(name, manifest));

  write("imports.js", importAll(entries));
  const steps = [() => run(process.execPath, ["imports.js"], { cwd: folder })];
  for (const program of packages.flatMap(({ manifest }) => Object.keys(manifest.bin ?? {}))) {
    steps.push(() => run(join(folder, "node_modules/.bin", program), ["--help"], { cwd: folder }));
  }

  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  const forBrowsers = entries.filter((entry) => /^@clayground\/(?:network|protocol)(?:\/|$)/.test(entry));
  for (const [project, imported] of Object.entries({ browser: forBrowsers, node: entries })) {
    const types = project === "node" ? ["node"] : [];
    const compilerOptions = {
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom"],
      types,
      strict: true,
      noEmit: true,
    };
    write(`${project}.ts`, importAll(imported));
    write(`${project}.json`, JSON.stringify({ compilerOptions, files: [`${project}.ts`] }));
    steps.push(() => tool("tsc", "--project", join(folder, `${project}.json`), "--pretty", "false"));
  }
  for (const step of steps) {
    const result = await step();
    if (!result.ok) return result;
  }
  return { ok: true, output: "" };
}

/** @param {string} folder */
function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/**
 * @param {string} name
 * @param {{ exports: object }} manifest
 */
function entriesOf(name, manifest) {
  return Object.keys(manifest.exports)
    .filter((path) => path !== "./package.json")
    .map((path) => join(name, path));
}

/** @param {string[]} entries */
function importAll(entries) {
  const imports = entries.map((entry, index) => `import * as entry${index} from "${entry}";\n`).join("");
  const check = `if (Object.keys(entry).length === 0) throw new Error("an entry exports nothing");`;
  return `${imports}for (const entry of [${entries.map((_, index) => `entry${index}`).join(", ")}]) {\n  ${check}\n}\n`;
}
