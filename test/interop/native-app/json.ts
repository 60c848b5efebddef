/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Compact, with the keys of every object in alphabetical order, as Qt writes it. */
export function toText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(toText).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  // By hand: JSON.stringify puts keys that look like numbers first.
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${toText(value[key] ?? null)}`);
  return `{${members.join(",")}}`;
}

/** The object that the text stands for; `undefined` when it is something else, or no JSON. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
