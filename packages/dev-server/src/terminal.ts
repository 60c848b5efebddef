import { toTerminalLine } from "@clayground/lan";
import type { OutputStyle } from "./arguments.ts";
import { greeting } from "./greeting.ts";
import type { DevServer, DevServerOptions } from "./options.ts";
import type { PageReport } from "./page-console.ts";

/** What the command writes while it runs. */
export interface Terminal {
  ready(options: DevServerOptions, server: DevServer): void;
  report(report: PageReport): void;
  warn(text: string): void;
  error(message: string): void;
}

/** What a person or a program is told, in its style. */
export function createTerminal(style: OutputStyle): Terminal {
  // Who reads it may have gone; the game goes on.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  return style === "json" ? jsonTerminal : textTerminal(style === "quiet");
}

function textTerminal(isQuiet: boolean): Terminal {
  return {
    ready(options, server) {
      const columns = process.stdout.isTTY ? process.stdout.columns : undefined;
      if (!isQuiet) process.stdout.write(greeting(options, server, columns));
    },
    report(report) {
      if (isQuiet && report.level !== "error") return;
      process.stdout.write(formatReport(report));
    },
    warn(text) {
      if (!isQuiet) process.stderr.write(`clay-dev-server: ${toTerminalLine(text, 1000)}\n`);
    },
    error: (message) => void process.stderr.write(`clay-dev-server: ${toTerminalLine(message, 1000)}\n`),
  };
}

const jsonTerminal: Terminal = {
  ready({ root }, { port, localUrl, lanUrls }) {
    writeJson({ event: "ready", root, port, url: localUrl, lanUrls });
  },
  report: (report) => writeJson({ event: "console", ...report }),
  warn: (message) => writeJson({ event: "warning", message }),
  error: (message) => writeJson({ event: "error", message }),
};

function writeJson(entry: object): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}

/** For example `error /level.html game.js:12:5 TypeError: …`, further lines indented. */
function formatReport({ level, page, text, source = "", line, column, stack = [], skipped }: PageReport): string {
  const position = line === undefined ? source : `${source}:${line}${column === undefined ? "" : `:${column}`}`;
  const place = [page, position === page ? "" : position].filter((each) => each !== "").join(" ");
  const [first = "", ...others] = text.split("\n");
  return [
    ...(skipped > 0 ? [`(${skipped} reports of pages left out)`] : []),
    [level, place, first].filter((each) => each !== "").join("  "),
    ...[...others, ...stack].map((each) => `    ${each.trimStart()}`),
    "",
  ].join("\n");
}
