import { variableOf, type CommandOption } from "./command-option.ts";
import { OPTION_GROUPS } from "./option-table.ts";

const WIDTH = 80;
/** Where the explanations begin. A longer name has a line of its own. */
const COLUMN = 28;

/** Answer to `--help`. */
export function helpText(): string {
  const options = OPTION_GROUPS.map(({ title, options: group }) => ({ title, rows: group.map(toRow) }));
  const sections = [...options, { title: "More", rows: MORE }].map(
    ({ title, rows }) => `${title}\n${rows.map(layOut).join("\n")}\n`,
  );
  return `${INTRODUCTION}\n${sections.join("\n")}\n${VARIABLES}`;
}

const INTRODUCTION = `Usage: clay-signaling [options]

A PeerServer-compatible WebRTC signaling server. It needs no option.
GET /healthz says whether it takes clients, GET /metrics is for Prometheus.
`;

const VARIABLES = `[...] is the default. Each option is an environment variable, too:
--max-clients is CLAY_SIGNALING_MAX_CLIENTS; a list has spaces or commas there.
Flags win.
`;

type Row = readonly [name: string, text: string];

const MORE: readonly Row[] = [
  ["--help", "show this"],
  ["--version", "show the version"],
];

function toRow(option: CommandOption): Row {
  const { name, value, help, fallback, repeatable } = option;
  const flag = `--${name}${value === undefined ? "" : ` ${value}`}`;
  const text = `${help}${repeatable ? "; repeatable" : ""}${fallback === undefined ? "" : ` [${fallback}]`}`;
  return [option.variableOnly ? variableOf(option) : flag, text];
}

function layOut([name, text]: Row): string {
  const indented = `  ${name}`;
  const start = indented.length + 2 > COLUMN ? `${indented}\n${" ".repeat(COLUMN)}` : indented.padEnd(COLUMN);
  return start + wrap(text).join(`\n${" ".repeat(COLUMN)}`);
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && COLUMN + longer.length <= WIDTH) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines;
}
