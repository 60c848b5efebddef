import { createRequire } from "node:module";
import { helpText } from "./help.ts";
import { logLines } from "./log-lines.ts";
import { parseCommand, type Environment } from "./parse.ts";
import { serve, SettingError, StartError, type RunningServer } from "./serve.ts";
import type { Settings } from "./settings.ts";

/** Exit codes: what the machine does not allow, and what the caller got wrong, as shells have it. */
const FAILURE = 1;
const MISTAKE = 2;

/**
 * What the command `clay-signaling` does with the arguments after its name and the environment. Sets the exit
 * code; serves until a signal.
 */
export async function runCommandLine(args: readonly string[], environment: Environment): Promise<void> {
  const command = parseCommand(args, environment);
  if (command.type === "help") process.stdout.write(helpText());
  else if (command.type === "version") process.stdout.write(`${version()}\n`);
  else if (command.type === "mistake") fail(command.message, MISTAKE);
  else await start(command.settings, command.unknownVariables);
}

async function start(settings: Settings, unknownVariables: readonly string[]): Promise<void> {
  const log = logLines(settings.log, (line) => void process.stdout.write(line));
  // Whoever reads the log may go; the games go on.
  process.stdout.on("error", () => undefined);
  for (const variable of unknownVariables) log({ event: "unknown-variable", variable });
  try {
    const server = await serve(settings, log);
    log({ event: "listening", url: server.url, version: version() });
    obeySignals(server, () => log({ event: "stopped" }));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    fail(error.message, error instanceof SettingError ? MISTAKE : FAILURE);
  }
}

function obeySignals(server: RunningServer, onStopped: () => void): void {
  let stopping = false;
  const stop = (): void => {
    // Whoever is in a hurry sends it twice.
    if (stopping) process.exit(0);
    stopping = true;
    void server.stop().then(() => {
      onStopped();
      process.exit(0);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // A terminal that closes sends this, too, and then means the end.
  if (!process.stdout.isTTY) process.on("SIGHUP", () => server.reload());
}

function fail(message: string, code: number): void {
  process.stderr.write(`clay-signaling: ${message}\n`);
  process.exitCode = code;
}

function version(): string {
  const manifest = createRequire(import.meta.url)("../../package.json") as { readonly version: string };
  return manifest.version;
}
