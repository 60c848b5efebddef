import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { HELP, parseArguments } from "../src/arguments.ts";
import { startDevServer } from "../src/index.ts";
import { Project } from "./project.ts";
import { get } from "./request.ts";

const COMMAND = fileURLToPath(new URL("../bin/clay-dev-server.js", import.meta.url));
const REGISTER = new URL("from-source/register.mjs", import.meta.url).href;

const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});

interface Run {
  readonly process: ChildProcess;
  /** Resolves when the command has written this; rejects when it ends before. */
  wrote(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ code: number | null; output: string; errors: string }>;
}

/** Starts the real command, as a shell would. */
function run(...args: string[]): Run {
  const child = spawn(process.execPath, ["--conditions=clayground-source", "--import", REGISTER, COMMAND, ...args]);
  undo.unshift(() => void child.kill("SIGKILL"));
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<{ code: number | null; output: string; errors: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, output, errors }));
  });
  const wrote = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(output);
        if (match) resolve(match);
      };
      look();
      child.stdout.on("data", look);
      child.on("close", () => reject(new Error(`ended without ${pattern}: ${output}${errors}`)));
    });
  return { process: child, wrote, ended };
}

function makeProject(): Project {
  const project = new Project();
  undo.unshift(() => project.remove());
  project.write("index.html", "<p>Hello");
  return project;
}

// Compiling the sources takes a second for each process.
describe("the command clay-dev-server", { timeout: 30_000 }, () => {
  test("serves a folder on the next free port, says where, and Ctrl-C ends it at once with exit code 0", async () => {
    const { root } = makeProject();
    const other = await startDevServer({ root, port: 0, host: "127.0.0.1" });
    undo.unshift(() => void other.close());
    const command = run(root, String(other.port), "--host", "127.0.0.1");
    const [output, taken, used] = await command.wrote(/^Port (\d+) is taken, so this is port (\d+)\.\n[^]*Ctrl-C.\n$/);
    expect(Number(taken)).toBe(other.port);
    expect(output).toContain(`http://localhost:${used}/\n`);
    // A connection that a browser keeps open must not hold it back.
    expect((await get(Number(used), "/", { connection: "keep-alive" })).text).toContain("<p>Hello");
    command.process.kill("SIGINT");
    expect(await command.ended).toMatchObject({ code: 0, errors: "" });
  });

  test("--version says the version", async () => {
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(await run("--version").ended).toEqual({ code: 0, output: `${manifest.version}\n`, errors: "" });
  });

  test.each([
    ["an unknown flag", ["--frobnicate"]],
    ["a missing folder", ["/nowhere/at/all"]],
  ])("%s is answered in one line, with exit code 2", async (_what, args) => {
    const { code, output, errors } = await run(...args).ended;
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toMatch(/^clay-dev-server: [^\n]+\n$/);
  });
});

describe("arguments", () => {
  test("--help explains everything in 80 columns", () => {
    expect(parseArguments(["game", "--help"])).toEqual({ type: "help" });
    expect(Math.max(...HELP.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(HELP).toMatchInlineSnapshot(`
      "Usage: clay-dev-server <project_dir> [port] [options]

      Serves a folder to browsers on this machine and on phones nearby, with WebRTC
      signaling built in: pages need no internet and no configuration.

        project_dir     the folder to serve
        port            default 8090; when it is taken, the next free one is used

        --host ADDRESS  listen on this address only; default: all, so phones can join
        --help          show this
        --version       show the version
      "
    `);
  });

  test.each([
    [["game"], { root: "game" }],
    [["game", "9000"], { root: "game", port: 9000 }],
    [["--host=127.0.0.1", "game", "0"], { root: "game", port: 0, host: "127.0.0.1" }],
    [["--", "-odd-", "9000"], { root: "-odd-", port: 9000 }],
  ])("%j is understood", (args, options) => expect(parseArguments(args)).toEqual({ type: "serve", options }));

  test.each([
    [[], "No project folder given"],
    [[""], "No project folder given"],
    [["game", "x"], "Not a port: 'x'"],
    [["game", "65536"], "Not a port: '65536'"],
    [["game", "1e3"], "Not a port: '1e3'"],
    [["game", "9000", "more"], "Unexpected argument 'more'"],
    [["game", "--port"], "Unknown option '--port'"],
    [["game", "-x"], "Unknown option '-x'"],
    [["game", "--host"], "Option '--host <value>' argument missing"],
    [["game", "--host="], "Option '--host <value>' argument missing"],
    [["--help=yes"], "Option '-h, --help' does not take an argument"],
  ])("%j is a mistake: %s", (args, message) => {
    expect(parseArguments(args)).toEqual({ type: "mistake", message: `${message}; see clay-dev-server --help` });
  });
});
