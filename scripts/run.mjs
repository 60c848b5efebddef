import { spawn } from "node:child_process";
import { join } from "node:path";

/** The repository's root. */
export const ROOT = join(import.meta.dirname, "..");

/**
 * Runs a program to its end. It rejects only when the program cannot be started.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options] `show`: print instead of collecting.
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function run(command, args, { cwd = ROOT, env = process.env, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: show ? "inherit" : ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (/** @type {Buffer} */ chunk) => void (output += chunk);
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.on("error", reject);
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

/**
 * Runs a tool that `npm ci` has installed.
 * @param {string} name
 * @param {string[]} args
 */
export function tool(name, ...args) {
  return run(join(ROOT, "node_modules/.bin", name), args);
}

/**
 * Runs one of these scripts.
 * @param {string} name
 * @param {string[]} args
 */
export function script(name, ...args) {
  return run(process.execPath, [join(import.meta.dirname, name), ...args]);
}
