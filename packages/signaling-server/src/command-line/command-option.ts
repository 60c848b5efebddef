import type { Settings } from "./settings.ts";

/** What the names of all variables begin with. */
export const VARIABLE_PREFIX = "CLAY_SIGNALING_";

/** One flag and its environment variable: the parser, the help and the tests of the documentation read this table. */
export interface CommandOption {
  /** Of the flag, without its dashes. */
  readonly name: string;
  /** What stands for the value in the help; a switch has none. */
  readonly value?: string;
  /** The text that applies where neither flag nor variable is given. */
  readonly fallback?: string;
  readonly help: string;
  /** May be given several times. */
  readonly repeatable?: true;
  /** Not as a flag, because every user of a machine can read every command line. */
  readonly variableOnly?: true;
  /** Checks the value. */
  readonly read: (text: string) => Partial<Settings>;
}

/** The environment variable of an option. */
export function variableOf({ name }: CommandOption): string {
  return VARIABLE_PREFIX + name.toUpperCase().replaceAll("-", "_");
}
