import { createRequire } from "node:module";
import { HELP, parseArguments } from "./arguments.ts";
import { DEFAULT_PORT, DevServerError, startDevServer, type DevServer, type DevServerOptions } from "./dev-server.ts";

/** Exit code for what the caller got wrong, as shells use it. */
const MISTAKE = 2;

/** What the command `clay-dev-server` does with the arguments after its name. Sets the exit code; serves until Ctrl-C. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const command = parseArguments(args);
  if (command.type === "help") process.stdout.write(HELP);
  else if (command.type === "version") process.stdout.write(`${version()}\n`);
  else if (command.type === "mistake") fail(command.message);
  else await serve(command.options);
}

async function serve(options: DevServerOptions): Promise<void> {
  try {
    const server = await startDevServer(options);
    process.stdout.write(greeting(options, server));
    stopOnSignal(server);
  } catch (error) {
    if (!(error instanceof DevServerError)) throw error;
    fail(error.message);
  }
}

function greeting(
  { root, port = DEFAULT_PORT }: DevServerOptions,
  { port: used, localUrl, lanUrls }: DevServer,
): string {
  return [
    ...(port !== 0 && port !== used ? [`Port ${port} is taken, so this is port ${used}.`] : []),
    `Serving ${root}`,
    "",
    `  On this machine  ${localUrl}`,
    ...lanUrls.map((url) => `  On phones nearby ${url}`),
    "",
    lanUrls.length > 0
      ? "Everybody in this network can open it; with --host 127.0.0.1 only you can."
      : "Only this machine can open it.",
    "Stop it with Ctrl-C.",
    "",
  ].join("\n");
}

function stopOnSignal(server: DevServer): void {
  const stop = (): void => {
    void server.close().then(() => process.exit(0));
    // Whoever is in a hurry presses it twice.
    process.once("SIGINT", () => process.exit(0));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function fail(message: string): void {
  process.stderr.write(`clay-dev-server: ${message}\n`);
  process.exitCode = MISTAKE;
}

function version(): string {
  const manifest = createRequire(import.meta.url)("../package.json") as { readonly version: string };
  return manifest.version;
}
