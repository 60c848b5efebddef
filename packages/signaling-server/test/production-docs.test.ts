import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { VARIABLE_PREFIX, variableOf } from "../src/command-line/command-option.ts";
import { OPTION_GROUPS, OPTIONS } from "../src/command-line/option-table.ts";
import { parseCommand } from "../src/command-line/parse.ts";
import { createMetrics } from "../src/metrics.ts";
import { REFUSALS } from "../src/statistics.ts";
import { makeStatistics } from "./statistics.ts";

const ROOT = new URL("../../../", import.meta.url);
const DEPLOY = "packages/signaling-server/deploy/";

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

const readme = read("packages/signaling-server/README.md");
const page = read("docs/production.md");
const deployed = readdirSync(new URL(DEPLOY, ROOT));

describe("the documentation of clay-signaling", () => {
  test("README.md lists each flag with its default, as --help does", () => {
    const rows = OPTION_GROUPS.flatMap(({ title, options }) => [
      `| **${title}** | | |`,
      ...options.map((option) => {
        const { name, value, fallback = "", help, repeatable, variableOnly } = option;
        const flag = variableOnly ? variableOf(option) : [`--${name}`, ...(value ? [value] : [])].join(" ");
        return `| \`${flag.replaceAll("|", "\\|")}\` | ${fallback} | ${help}${repeatable ? "; repeatable" : ""} |`;
      }),
    ]);
    expect(readme).toContain(`\n| flag | default | |\n| --- | --- | --- |\n${rows.join("\n")}\n\n`);
  });

  test.each([["docs/production.md"], ...deployed.map((name) => [DEPLOY + name])])(
    "%s names only flags and variables that there are",
    (path) => {
      const text = read(path);
      const flags = new Set(OPTIONS.map(({ name }) => `--${name}`));
      const others =
        /^--(?:global|prefix|tag|detach|name|restart|publish|env|now|nginx|help|stop-timeout|log-opt|interval|timeout|start-period|retries|omit|ignore-scripts|no-audit|no-fund|force|enable)$/;
      const named = [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*[a-z]/g)].map(([flag]) => flag);
      expect(named.filter((flag) => !flags.has(flag) && !others.test(flag))).toEqual([]);
      const variables = new Set(OPTIONS.map(variableOf));
      const set = [...text.matchAll(/CLAY_SIGNALING_[A-Z_]*[A-Z]/g)].map(([name]) => name);
      expect(set.filter((name) => !variables.has(name))).toEqual([]);
    },
  );

  test("says of each reason what the refused client sees", () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| [^|]+ \| [^|]+ \|$/gm)].map(([, reason]) => reason);
    expect(rows).toEqual(REFUSALS);
  });

  test("explains each metric of the server", async () => {
    const text = await createMetrics(() => makeStatistics()).render();
    const names = [...text.matchAll(/^# TYPE (clayground_signaling_\w+)/gm)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(12);
    for (const name of names) expect(page).toContain(name);
  });

  test("links to files that there are", () => {
    const links = [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) => path);
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(existsSync(new URL(link, new URL("docs/", ROOT))), link).toBe(true);
    for (const name of deployed.filter((each) => !/service|env/.test(each))) expect(page).toContain(`deploy/${name})`);
  });
});

describe("deploy/clay-signaling.env", () => {
  const lines = read(`${DEPLOY}clay-signaling.env`).split("\n");

  test.each([
    ["as it is", lines],
    ["with TURN", [...lines.map((line) => line.replace(/^#(?=CLAY_)/, "")), "CLAY_SIGNALING_TURN_SECRET=long-enough"]],
  ])("is understood %s", (_how, given) => {
    const variables = given.filter((line) => line.startsWith(VARIABLE_PREFIX));
    const environment = Object.fromEntries(
      variables.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    expect(parseCommand([], environment)).toMatchObject({ type: "serve", unknownVariables: [] });
  });
});

test("the command is executable, and part of the package with what it needs", () => {
  const manifest = JSON.parse(read("packages/signaling-server/package.json")) as {
    bin: Record<string, string>;
    files: string[];
  };
  expect(manifest.bin).toEqual({ "clay-signaling": "./bin/clay-signaling.js" });
  expect(manifest.files).toEqual(expect.arrayContaining(["bin", "deploy", "dist"]));
  expect(fileURLToPath(new URL("packages/signaling-server/bin/clay-signaling.js", ROOT))).toSatisfy(existsSync);
});
