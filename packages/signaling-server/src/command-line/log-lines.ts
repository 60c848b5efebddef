import type { LogEntry } from "../log.ts";

/** How the log is written: one JSON object a line, words for a person, not at all. */
export type LogFormat = "json" | "text" | "off";

/** What the command says beside the server's own entries. */
export type CommandEntry =
  | { readonly event: "listening"; readonly url: string; readonly version: string }
  | { readonly event: "unknown-variable"; readonly variable: string }
  | { readonly event: "certificate-loaded" }
  /** The one that was loaded before stays. */
  | { readonly event: "certificate-refused"; readonly error: string }
  | { readonly event: "stopped" };

const LEVELS: { readonly [event in (LogEntry | CommandEntry)["event"]]?: "warn" | "error" } = {
  refused: "warn",
  "unknown-variable": "warn",
  "authorize-failed": "error",
  "request-failed": "error",
  "certificate-refused": "error",
};

/** Longest value in a log line. */
const MAX_LENGTH = 500;

/** Makes the function that turns entries into lines. */
export function logLines(
  format: LogFormat,
  write: (line: string) => void,
  now: () => Date = () => new Date(),
): (entry: LogEntry | CommandEntry) => void {
  return (entry) => {
    if (format === "off") return;
    const { event, ...fields } = entry;
    const level = LEVELS[event] ?? "info";
    const line = { time: now().toISOString(), level, event, ...fields };
    write(`${format === "json" ? toJson(line) : toWords(line)}\n`);
  };
}

function toJson(line: object): string {
  return escape(JSON.stringify(line, (_key, value: unknown) => (typeof value === "string" ? shorten(value) : value)));
}

function toWords({ time, level, event, ...fields }: { time: string; level: string; event: string }): string {
  const words = Object.entries(fields as Record<string, unknown>)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${toWord(value)}`);
  return [time, level.padEnd(5), event, ...words].join(" ");
}

function toWord(value: unknown): string {
  const text = shorten(String(value));
  return /^[\w.:/@+*-]+$/.test(text) ? text : escape(JSON.stringify(text));
}

function shorten(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** What `JSON.stringify` leaves as it is, and what breaks a line or turns text around in a terminal. */
function escape(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
