// Control characters (ANSI escapes among them), line breaks of Unicode, and what changes the direction of
// the text after it. The joiner inside of emoji does no harm.
const HARMFUL = /(?!\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One line of a foreign text, cut to `maxLength` characters, that cannot steer a terminal. */
export function toTerminalLine(text: string, maxLength: number): string {
  const line = text.slice(0, maxLength).replace(/\s+/g, " ").trim().replace(HARMFUL, "\ufffd");
  return text.length > maxLength ? `${line} …` : line;
}

/** The first lines of a foreign text, each as {@link toTerminalLine} makes it. */
export function toTerminalLines(text: string, maxLines: number, maxLength: number): readonly string[] {
  // The split is bounded too: a text may be all line breaks.
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/, maxLines)
    .map((line) => `${/^ {0,8}/.exec(line)?.[0] ?? ""}${toTerminalLine(line, maxLength)}`);
}
