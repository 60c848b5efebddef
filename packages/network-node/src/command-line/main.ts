import { readFileSync } from "node:fs";
import { isNetworkError } from "@clayground/network";
import { HELP, parseArguments } from "./arguments.ts";
import type { Command } from "./arguments.ts";
import { doctor } from "./doctor.ts";
import { list } from "./list.ts";
import { playAsHost, playAsJoiner } from "./play.ts";
import { createTerminal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

/** Exit code for what the caller got wrong, as shells use it. */
const MISTAKE = 2;

/** What the command `clayground-play` does with the arguments after its name. Sets the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const terminal = createTerminal();
  try {
    process.exitCode = await run(parseArguments(args), terminal);
  } catch (error) {
    // An option that `Network` does not take.
    if (!isNetworkError(error)) throw error;
    terminal.error(error);
    process.exitCode = MISTAKE;
  }
}

async function run(command: Command, terminal: Terminal): Promise<number> {
  switch (command.type) {
    case "help":
      terminal.write(HELP.trimEnd());
      return 0;
    case "version":
      terminal.write(version());
      return 0;
    case "mistake":
      terminal.mistake(command.message);
      return MISTAKE;
    case "host":
      return playAsHost(command.options, terminal);
    case "join":
      return playAsJoiner(command.code, command.options, terminal);
    case "list":
      await list(command.appId, command.once, terminal);
      return 0;
    case "doctor":
      return doctor(terminal);
  }
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return String(Object(manifest).version);
}
