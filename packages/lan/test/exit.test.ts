import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const REGISTER = new URL("../../signaling-server/test/from-source/register.mjs", import.meta.url).href;
const PROGRAM = fileURLToPath(new URL("from-source/serve-and-close.mjs", import.meta.url));

// Compiling the sources takes a second.
test("a program that has closed its LAN server ends by itself", { timeout: 30_000 }, async () => {
  const args = ["--conditions=clayground-source", "--import", REGISTER, PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 25_000 });
  expect(stdout).toBe("OPEN\nclosed\n");
});
