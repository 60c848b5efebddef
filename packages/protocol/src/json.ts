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
  try {
    const value: unknown = HIDES_PROTO.test(text) ? JSON.parse(text, withoutProto) : JSON.parse(text);
    // Each level takes an opening and a closing bracket, so short texts need no look.
    return text.length > 2 * maxDepth && isDeeper(value, maxDepth) ? undefined : { value };
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

/** Whether a JSON value is nested deeper than so many levels; it looks no deeper than that. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels < 1) return true;
  // JSON has nothing that is inherited; a loop makes no list of each object's members.
  for (const key in value) if (isDeeper((value as JsonObject)[key], levels - 1)) return true;
  return false;
}
