import { parseArgs } from "node:util";

/** What a person asked for on the command line. */
export type Command =
  | { readonly type: "help" | "version" | "doctor" }
  | { readonly type: "host"; readonly options: HostCommandOptions }
  | { readonly type: "join"; readonly code: string; readonly options: CommonOptions }
  | { readonly type: "list"; readonly appId: string | undefined; readonly once: boolean }
  /** One line that says what is wrong. */
  | { readonly type: "mistake"; readonly message: string };

/** What hosting and joining have in common. */
export interface CommonOptions {
  /** What the others read before one's lines. */
  readonly name: string | undefined;
  readonly signalingUrl: string;
}

/** How to host; what is left out has the defaults of `Network`. */
export interface HostCommandOptions extends CommonOptions {
  readonly signalingMode: "local" | "cloud";
  readonly maxNodes?: number;
  readonly lanPort?: number;
  readonly lanAddress?: string;
  readonly appId?: string;
  readonly advertise?: boolean;
  readonly serve?: string;
}

/** Answer to `--help`. */
export const HELP = `Usage: clayground-play host | join CODE | list | doctor  [options]

Plays network from a terminal: what you type, all others read. Useful to check
a network before blaming the game.

  host                 host a network on this machine's local network
  join CODE            join a network, a game's too: L1H9U1VM-102H or K7Q2MD
  list                 the networks that are offered on the local network
  doctor               what this machine can do, and what stands in the way

  --name NAME          what the others call you
  --cloud              host: over a signaling server instead, with a short code
  --signaling URL      the signaling server for short codes
  --max-nodes N        host: so many nodes with you, 2 to 8
  --port N             host: be reached on this port
  --address IP         host: this address of the machine makes the code
  --serve FOLDER       host: serve this game's page, and show its QR code
  --app-id ID          host: which game this is; list: only this game
  --no-advertise       host: do not show up in lists
  --once               list: show what there is and end
  --help               show this
  --version            show the version

While you play: /who shows who is there and how fast, /quit leaves.
`;

const OPTIONS = {
  name: { type: "string" },
  cloud: { type: "boolean" },
  signaling: { type: "string" },
  "max-nodes": { type: "string" },
  port: { type: "string" },
  address: { type: "string" },
  serve: { type: "string" },
  "app-id": { type: "string" },
  "no-advertise": { type: "boolean" },
  once: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/** Which options each command knows. */
const KNOWN: ReadonlyMap<string, readonly (keyof Values)[]> = new Map([
  ["host", ["name", "cloud", "signaling", "max-nodes", "port", "address", "serve", "app-id", "no-advertise"]],
  ["join", ["name", "signaling"]],
  ["list", ["app-id", "once"]],
  ["doctor", []],
]);

/** What is wrong with the arguments, in a few words. */
class Mistake extends Error {}

/** Reads the arguments after the program's name. */
export function parseArguments(args: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
    if (values.help === true) return { type: "help" };
    if (values.version === true) return { type: "version" };
    return parseCommand(positionals, values);
  } catch (error) {
    // Node explains in further sentences what does not apply here.
    const reason = error instanceof Error ? error.message.split(/\. |\n/, 1)[0] : undefined;
    return { type: "mistake", message: `${reason ?? String(error)}; see clayground-play --help` };
  }
}

function parseCommand([type, code, ...surplus]: readonly string[], values: Values): Command {
  const known = KNOWN.get(type ?? "");
  if (!type || !known) throw new Mistake(type ? `Unknown command '${type}'` : "Say host, join CODE, list or doctor");
  const extra = type === "join" ? surplus[0] : code;
  if (extra !== undefined) throw new Mistake(`Unexpected argument '${extra}'`);
  for (const name of Object.keys(values) as (keyof Values)[])
    if (!known.includes(name)) throw new Mistake(`--${name} says nothing to ${type}`);
  const common = { name: values.name?.trim() || undefined, signalingUrl: values.signaling ?? "" };
  if (type === "host") return { type, options: parseHost(values, common) };
  if (type === "list") return { type, appId: values["app-id"], once: values.once === true };
  if (type !== "join") return { type: "doctor" };
  if (!code) throw new Mistake("Say which code to join");
  return { type, code, options: common };
}

function parseHost(values: Values, common: CommonOptions): HostCommandOptions {
  const isCloud = values.cloud === true || values.signaling !== undefined;
  if (isCloud && (values.port ?? values.address ?? values.serve) !== undefined)
    throw new Mistake("--port, --address and --serve are for the local network");
  return {
    ...common,
    signalingMode: isCloud ? "cloud" : "local",
    ...(values["max-nodes"] !== undefined && { maxNodes: parseNumber("max-nodes", values["max-nodes"]) }),
    ...(values.port !== undefined && { lanPort: parseNumber("port", values.port) }),
    ...(values.address !== undefined && { lanAddress: values.address }),
    ...(values["app-id"] !== undefined && { appId: values["app-id"] }),
    ...(values["no-advertise"] === true && { advertise: false }),
    ...(values.serve !== undefined && { serve: values.serve }),
  };
}

/** Only whether it is a number; what it may be, `Network` knows. */
function parseNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Mistake(`--${name} wants a number, not '${text}'`);
  return Number(text);
}
