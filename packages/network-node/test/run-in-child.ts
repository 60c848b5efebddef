import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Where imports of the child are looked up. */
const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

let bundle: Promise<string> | undefined;

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  /** Not null: it did not end by itself, or it crashed. */
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a scenario of `child-scenarios.ts` in a process of its own, which is killed when it does not end by itself. */
export async function runInChild(scenario: string, limitMs = 20_000): Promise<Ending> {
  bundle ??= bundleScenarios();
  const args = ["--input-type=module", "--eval", await bundle, scenario];
  const child = spawn(process.execPath, args, { cwd: PACKAGE, stdio: ["ignore", "pipe", "pipe"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { code, signal, output, errors };
}

/** One file without types, which Node 20 cannot strip. */
async function bundleScenarios(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("child-scenarios.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    conditions: ["clayground-source"],
    external: ["node-datachannel", "ws"],
  });
  return outputFiles[0]?.text ?? "";
}
