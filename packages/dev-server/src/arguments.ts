import { parseArgs } from "node:util";
import { toTerminalLine } from "@clayground/lan";
import type { DevServerOptions } from "./options.ts";

/** What the command writes: for a person, only errors, or JSON for a program. */
export type OutputStyle = "text" | "quiet" | "json";

/** A server to start, as the command line asks for it. */
export interface ServeCommand {
  readonly type: "serve";
  readonly options: Omit<DevServerOptions, "console" | "warn">;
  /** The files of one's own certificate; with them, `options.https` is still to be set. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly output: OutputStyle;
  /** Whether to open a browser. */
  readonly open: boolean;
  /** Whether pages' errors are wanted. */
  readonly console: boolean;
}

/** What a person asked for on the command line. */
export type Command =
  | { readonly type: "help" }
  | { readonly type: "version" }
  | ServeCommand
  /** One line that says what is wrong. */
  | { readonly type: "mistake"; readonly message: string; readonly output: OutputStyle };

/** Answer to `--help`. */
export const HELP = `Usage: clay-dev-server <project_dir> [port] [options]

Serves a folder to browsers on this machine and on phones nearby, with WebRTC
signaling and live reload built in: pages need no internet, no configuration.

  project_dir        the folder to serve
  port               default 8090; when it is taken, the next free one is used

  --https            HTTPS, with a certificate that is made and kept for you
  --cert FILE        HTTPS with your own certificate (PEM)
  --key FILE         its private key (PEM)
  --host ADDRESS     listen on this address only; default: all, for phones
  --strict-port      fail when the port is taken
  --allow-host NAME  answer to this name, too; .example.com for all below it
  --isolate          cross-origin isolation, for SharedArrayBuffer
  --console          show the errors of pages here
  --no-signaling     no signaling at /peerjs
  --no-reload        no reload when files change
  --open             open a browser
  --quiet            write errors only
  --json             write one JSON object a line, for programs
  --help             show this
  --version          show the version
`;

const OPTIONS = {
  https: { type: "boolean" },
  cert: { type: "string" },
  key: { type: "string" },
  host: { type: "string" },
  "strict-port": { type: "boolean" },
  "allow-host": { type: "string", multiple: true },
  isolate: { type: "boolean" },
  console: { type: "boolean" },
  "no-signaling": { type: "boolean" },
  "no-reload": { type: "boolean" },
  open: { type: "boolean" },
  quiet: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/** What is wrong with the arguments, in a few words. */
class Mistake extends Error {}

/** Reads the arguments after the program's name. */
export function parseArguments(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
    if (values.help === true) return { type: "help" };
    if (values.version === true) return { type: "version" };
    return parseServe(positionals, values);
  } catch (error) {
    // Node explains in further sentences what does not apply here.
    const reason = error instanceof Error ? error.message.split(/\. |\n/, 1)[0] : undefined;
    const message = `${toTerminalLine(reason ?? String(error), 200)}; see clay-dev-server --help`;
    return { type: "mistake", message, output: args.includes("--json") ? "json" : "text" };
  }
}

function parseServe(positionals: readonly string[], values: Values): ServeCommand {
  const [root, portText, surplus] = positionals;
  if (root === undefined || root === "") throw new Mistake("No project folder given");
  if (surplus !== undefined) throw new Mistake(`Unexpected argument '${surplus}'`);
  const certificate = parseCertificate(values);
  const allowHosts = values["allow-host"] ?? [];
  for (const name of allowHosts)
    if (!/^\.?[\w-]+(?:\.[\w-]+)*$/.test(name)) throw new Mistake(`Not a host name: '${name}'`);
  // People copy `[::1]` from a URL.
  const host = values.host?.replace(/^\[(.*)\]$/, "$1");
  if (host === "") throw new Mistake("Option '--host <value>' argument missing");
  return {
    type: "serve",
    options: {
      root,
      ...(portText !== undefined && { port: parsePort(portText) }),
      ...(host !== undefined && { host }),
      ...(values.https === true && { https: true }),
      ...(values["strict-port"] === true && { strictPort: true }),
      ...(values.isolate === true && { isolate: true }),
      ...(values["no-signaling"] === true && { signaling: false }),
      ...(values["no-reload"] === true && { reload: false }),
      ...(allowHosts.length > 0 && { allowHosts }),
    },
    ...(certificate && { certificate }),
    output: values.json === true ? "json" : values.quiet === true ? "quiet" : "text",
    open: values.open === true,
    console: values.console === true,
  };
}

function parseCertificate({ cert, key }: Values): ServeCommand["certificate"] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new Mistake("--cert and --key go together");
  return { cert, key };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) throw new Mistake(`Not a port: '${text}'`);
  return port;
}
