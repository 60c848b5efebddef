import { parseArgs, type ParseArgsConfig } from "node:util";
import { VARIABLE_PREFIX, variableOf, type CommandOption } from "./command-option.ts";
import { OPTIONS } from "./option-table.ts";
import type { Settings } from "./settings.ts";
import { BadValue } from "./values.ts";

/** What a person asked for. */
export type Command =
  | { readonly type: "help" }
  | { readonly type: "version" }
  /** `unknownVariables` look as if they were meant for this command, but no option is called so. */
  | { readonly type: "serve"; readonly settings: Settings; readonly unknownVariables: readonly string[] }
  /** One line that says what is wrong. */
  | { readonly type: "mistake"; readonly message: string };

/** The environment, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the command line or the environment. */
class Mistake extends Error {}

/** Reads the arguments after the program's name, and the environment. A flag wins over its variable. */
export function parseCommand(args: readonly string[], environment: Environment = {}): Command {
  try {
    const flags = parseFlags(args);
    if (flags["help"] !== undefined) return { type: "help" };
    if (flags["version"] !== undefined) return { type: "version" };
    return { type: "serve", settings: readSettings(flags, environment), unknownVariables: unknownIn(environment) };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { type: "mistake", message: `${error.message}; see clay-signaling --help` };
  }
}

type Flags = Readonly<Record<string, readonly string[] | undefined>>;

function parseFlags(args: readonly string[]): Flags {
  const options: NonNullable<ParseArgsConfig["options"]> = {
    help: { type: "boolean", short: "h" },
    version: { type: "boolean", short: "v" },
  };
  for (const { name, value } of OPTIONS) {
    options[name] = value === undefined ? { type: "boolean" } : { type: "string", multiple: true };
  }
  try {
    const { values } = parseArgs({ args: [...args], options });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value ?? []].flat().map(String)]));
  } catch (error) {
    // Node explains in further sentences what does not apply here.
    throw new Mistake(String(error instanceof Error ? error.message : error).split(/[.\n]/, 1)[0], { cause: error });
  }
}

function readSettings(flags: Flags, environment: Environment): Settings {
  const settings: Partial<Settings> = {};
  /** What was said, and how: the flag or the variable. */
  const given = new Map<string, string>();
  for (const option of OPTIONS) {
    const { source, texts } = textsOf(option, flags, environment);
    if (source !== undefined) given.set(option.name, source);
    const parts = texts.map((text) => readText(option, text, source ?? option.name));
    Object.assign(settings, ...parts, mergeLists(parts));
  }
  checkTogether(given);
  // Those that Settings requires have a fallback.
  return settings as Settings;
}

/** What flag, variable or fallback say, the first of these that there is. */
function textsOf(
  option: CommandOption,
  flags: Flags,
  environment: Environment,
): { source?: string; texts: readonly string[] } {
  const flag = `--${option.name}`;
  const flagged = flags[option.name];
  if (flagged && option.variableOnly) {
    throw new Mistake(`${flag} would show the secret to every user of this machine: set ${variableOf(option)}`);
  }
  if (flagged) return { source: flag, texts: option.repeatable ? flagged : flagged.slice(-1) };
  // Who starts containers cannot always leave a variable out.
  const text = environment[variableOf(option)]?.trim() ?? "";
  if (text === "") return { texts: option.fallback === undefined ? [] : [option.fallback] };
  return { source: variableOf(option), texts: option.repeatable ? text.split(/[\s,]+/) : [text] };
}

function readText(option: CommandOption, text: string, source: string): Partial<Settings> {
  if (text === "") throw new Mistake(`${source} needs a value`);
  try {
    return option.read(text);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    throw new Mistake(`${source}: ${error.message}`, { cause: error });
  }
}

/** Several values of a repeatable option, as one list. */
function mergeLists(parts: readonly Partial<Settings>[]): Partial<Settings> {
  const lists = new Map<string, unknown[]>();
  for (const [name, value] of parts.flatMap(Object.entries)) {
    if (Array.isArray(value)) lists.set(name, [...(lists.get(name) ?? []), ...(value as unknown[])]);
  }
  return Object.fromEntries(lists);
}

function checkTogether(given: ReadonlyMap<string, string>): void {
  const secrets = ["turn-secret-file", "turn-secret"].filter((name) => given.has(name));
  if (secrets.length > 1) throw new Mistake(`${secrets.map((name) => given.get(name)).join(" and ")} say the same`);
  const needed: readonly (readonly [string, string, boolean])[] = [
    ["tls-cert", "--tls-key", given.has("tls-key")],
    ["tls-key", "--tls-cert", given.has("tls-cert")],
    ["turn-url", "--turn-secret-file", secrets.length > 0],
    ...["turn-secret-file", "turn-secret", "turn-ttl-seconds", "stun-url"].map(
      (name) => [name, "--turn-url", given.has("turn-url")] as const,
    ),
  ];
  for (const [name, other, isThere] of needed) {
    if (given.has(name) && !isThere) throw new Mistake(`${given.get(name)} needs ${other}`);
  }
}

function unknownIn(environment: Environment): readonly string[] {
  const known = new Set(OPTIONS.map(variableOf));
  return Object.keys(environment).filter((name) => name.startsWith(VARIABLE_PREFIX) && !known.has(name));
}
