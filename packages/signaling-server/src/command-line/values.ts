import { readFileSync } from "node:fs";

/** Why a value is none: the end of a sentence that begins with the flag or the variable. */
export class BadValue extends Error {
  override readonly name = "BadValue";
}

/** A whole number from `min` to `max`. */
export function wholeNumber(text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
  throw new BadValue(`${quote(text)} is no whole number from ${min} to ${max}`);
}

/** One of a few words. */
export function oneOf<Word extends string>(text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new BadValue(`${quote(text)} is none of ${words.join(", ")}`);
  return found;
}

/** A switch, as environment variables write it. */
export function yesOrNo(text: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(text)) return true;
  if (/^(?:0|false|no|off)$/i.test(text)) return false;
  throw new BadValue(`${quote(text)} is neither true nor false`);
}

/** A text of which the whole matches. */
export function matching(text: string, pattern: RegExp, what: string): string {
  if (pattern.test(text)) return text;
  throw new BadValue(`${quote(text)} is no ${what}`);
}

/** A regular expression. */
export function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch (error) {
    throw new BadValue(`${quote(text)} is no regular expression: ${messageOf(error)}`, { cause: error });
  }
}

/** A file's path, when it can be read. */
export function readableFile(path: string): string {
  readText(path);
  return path;
}

/** The secret in a file, without the line's end that an editor adds. */
export function secretInFile(path: string): string {
  return secret(readText(path).replace(/\r?\n$/, ""));
}

/** A secret. What is wrong with it is said without showing it. */
export function secret(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (text.length >= 8 && text.length <= 1024 && !/[\u0000-\u001f\u007f]/.test(text)) return text;
  throw new BadValue("a secret is one line of 8 to 1024 characters");
}

/** What went wrong, in one line. */
export function messageOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0] ?? "";
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new BadValue(`cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

// What comes from a command line goes to a terminal.
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
