import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { HELP, parseArguments, type ServeCommand } from "./arguments.ts";
import { startDevServer } from "./dev-server.ts";
import { DevServerError, type DevServerOptions } from "./options.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/** Exit code for what the caller got wrong, as shells use it. */
const MISTAKE = 2;
/** xdg-open's exit code when there is no browser, as on a server. */
const NO_PROGRAM = 3;

/** What the command `clay-dev-server` does with the arguments after its name. Sets the exit code; serves until Ctrl-C. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const command = parseArguments(args);
  if (command.type === "help") process.stdout.write(HELP);
  else if (command.type === "version") process.stdout.write(`${version()}\n`);
  else if (command.type === "mistake") fail(createTerminal(command.output), command.message);
  else await serve(command, createTerminal(command.output));
}

async function serve(command: ServeCommand, terminal: Terminal): Promise<void> {
  // At once: whoever is connected sees a server that is gone, and there is nothing to save.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
  try {
    const options: DevServerOptions = {
      ...command.options,
      ...(command.certificate && { https: readCertificate(command.certificate) }),
      ...(command.console && { console: (report) => terminal.report(report) }),
      warn: (text) => terminal.warn(text),
    };
    const server = await startDevServer(options);
    terminal.ready(options, server);
    if (command.open) await openBrowser(server.localUrl, terminal);
  } catch (error) {
    if (!(error instanceof DevServerError)) throw error;
    fail(terminal, error.message);
  }
}

function readCertificate({ cert, key }: { cert: string; key: string }): { cert: string; key: string } {
  return { cert: read(cert), key: read(key) };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new DevServerError(`Cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

async function openBrowser(url: string, terminal: Terminal): Promise<void> {
  const giveUp = (): void => terminal.warn(`No browser opens by itself here: open ${url}`);
  try {
    const { default: open } = await import("open");
    const opener = await open(url);
    opener.once("error", giveUp);
    opener.once("exit", (code) => {
      if (code === NO_PROGRAM) giveUp();
    });
  } catch {
    giveUp();
  }
}

function fail(terminal: Terminal, message: string): void {
  terminal.error(message);
  process.exitCode = MISTAKE;
}

function version(): string {
  const manifest = createRequire(import.meta.url)("../package.json") as { readonly version: string };
  return manifest.version;
}
