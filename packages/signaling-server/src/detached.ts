/**
 * The same text in memory of its own. V8 makes a part of a string a view of the whole: ten characters that are
 * kept would keep a frame of 64 KiB, or a request's URL.
 */
export function detached(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
