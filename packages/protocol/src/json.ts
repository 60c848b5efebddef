import { MAX_DEPTH } from "./limits.ts";

/** A JSON object whose members are not yet checked. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

// The name itself, or an escape of one of its characters (U+005F to U+0074).
const HIDES_PROTO = /__proto__|\\u00[5-7]/;

/**
 * Parses JSON from an untrusted source and never throws: `undefined` when it is malformed or nested
 * deeper than `maxDepth`. Members named `__proto__` are removed, because copying them would change a
 * prototype; everything else is kept exactly.
 *
 * @param maxDepth levels of objects and arrays, default 64
 */
export function parseJson(text: string, maxDepth: number = MAX_DEPTH): { readonly value: unknown } | undefined {
  if (isDeeper(text, maxDepth)) return undefined;
  try {
    const value: unknown = HIDES_PROTO.test(text) ? JSON.parse(text, withoutProto) : JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}

/** The value as an object to read members from, or `undefined` when it is none (an array is none). */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Whether a value is a whole number from 1 that a double holds exactly, such as a sequence number. */
export function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function withoutProto(key: string, value: unknown): unknown {
  return key === "__proto__" ? undefined : value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether JSON text is nested deeper than this; the text may be malformed. */
export function isDeeper(text: string, maxDepth: number): boolean {
  // Each level takes an opening and a closing bracket, so short texts need no scan.
  if (text.length < 2 * (maxDepth + 1)) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) inString = false;
    } else if (c === QUOTE) inString = true;
    // "[" is 0x5b and "{" is 0x7b, "]" is 0x5d and "}" is 0x7d: they differ in one bit.
    else if ((c | 0x20) === 0x7b) {
      if (++depth > maxDepth) return true;
    } else if ((c | 0x20) === 0x7d) depth--;
  }
  return false;
}
