import { parseArgs } from "node:util";
import type { DevServerOptions } from "./dev-server.ts";

/** What a person asked for on the command line. */
export type Command =
  | { readonly type: "help" }
  | { readonly type: "version" }
  | { readonly type: "serve"; readonly options: DevServerOptions }
  /** One line that says what is wrong. */
  | { readonly type: "mistake"; readonly message: string };

/** Answer to `--help`. */
export const HELP = `Usage: clay-dev-server <project_dir> [port] [options]

Serves a folder to browsers on this machine and on phones nearby, with WebRTC
signaling built in: pages need no internet and no configuration.

  project_dir     the folder to serve
  port            default 8090; when it is taken, the next free one is used

  --host ADDRESS  listen on this address only; default: all, so phones can join
  --help          show this
  --version       show the version
`;

/** Reads the arguments after the program's name. */
export function parseArguments(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        host: { type: "string" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "v" },
      },
    });
    if (values.help === true) return { type: "help" };
    if (values.version === true) return { type: "version" };
    return parseServe(positionals, values.host);
  } catch (error) {
    // Node explains in further sentences what does not apply here.
    return mistake(String(error instanceof Error ? error.message : error).split(/[.\n]/, 1)[0] ?? "");
  }
}

function parseServe(positionals: readonly string[], host: string | undefined): Command {
  const [root, portText, surplus] = positionals;
  if (root === undefined || root === "") return mistake("No project folder given");
  if (surplus !== undefined) return mistake(`Unexpected argument '${surplus}'`);
  if (host === "") return mistake("Option '--host <value>' argument missing");
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (!/^\d{1,5}$/.test(portText ?? "") || port > 65535))
    return mistake(`Not a port: '${portText}'`);
  return { type: "serve", options: { root, ...(port !== undefined && { port }), ...(host !== undefined && { host }) } };
}

function mistake(message: string): Command {
  return { type: "mistake", message: `${message}; see clay-dev-server --help` };
}
