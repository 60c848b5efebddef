import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const SCRIPTS = join(import.meta.dirname, "../../scripts");
// A variable, because TypeScript knows nothing of the scripts.
const LAWS = join(SCRIPTS, "laws/all.mjs");
const NETWORK = "packages/network/src";

/** A small library that keeps every law. */
const LAWFUL = {
  "docs/errors.md": "# Errors\n\n## `timeout`\n\n## aborted\n",
  "packages/protocol/SPEC.md": "# Rules\n\n- **F1** One.\n- **F2** Two.\n",
  "packages/protocol/test/frames.test.ts": `test("[F1, F2] one and two", () => {});\n`,
  "package-lock.json": `{ "packages": { "node_modules/a": { "resolved": "packages/a", "link": true } } }`,
  "packages/network/package.json": `{ "dependencies": { "@clayground/protocol": "^1.0.0" } }`,
  [`${NETWORK}/index.ts`]: `export { Network } from "./network.ts";\nexport type { Name } from "./util/name.ts";\n`,
  [`${NETWORK}/errors.ts`]: `const TEXTS = { timeout: 1, aborted: 2 };\nexport type NetworkErrorCode = keyof typeof TEXTS;\n`,
  [`${NETWORK}/network.ts`]: `
    import { connect } from "./session/link.ts";
    interface Sized { readonly size: number }
    /** A network. */
    export class Network implements Sized {
      readonly size = 1;
      #size = Math.max(1, 2);
      /** Connects. */
      join(): void { connect({ setTimeout: () => this.#size }); }
      constructor() {}
      private hidden(): void {}
    }`,
  [`${NETWORK}/util/name.ts`]: `import type { NetworkErrorCode } from "../errors.ts";\n/** A name. */\nexport type Name = NetworkErrorCode;\n`,
  [`${NETWORK}/session/link.ts`]: `
    import type { Name } from "../util/name.ts";
    interface Clock { setTimeout(): void; performance?: Performance }
    export function connect({ setTimeout, performance }: Clock, name?: Name): void {
      if (performance && name) setTimeout();
    }
    export type Socket = WebSocket;`,
  [`${NETWORK}/platform/browser.ts`]: `export const now = (): number => performance.now();\n`,
  [`${NETWORK}/testing/index.ts`]: `/** Sleeps. */\nexport const sleep = (ms: number): unknown => setTimeout(() => {}, ms);\n`,
  "packages/signaling-server/src/index.ts": `import { createServer } from "node:http";\n/** Serves. */\nexport const serve = createServer;\n`,
};

/** For each law: what breaks it, and what is said then. */
const BROKEN: [law: string, file: string, text: string, message: string][] = [
  ["file-length", "examples/game/main.js", "let a;\n".repeat(351), "351 lines"],
  ["folder-order", `${NETWORK}/util/early.ts`, `import "../session/link.ts";`, "util may not import session"],
  [
    "folder-order",
    `${NETWORK}/session/watch.ts`,
    `export type { A } from "../diagnostics/a.ts";`,
    "import diagnostics",
  ],
  ["folder-order", `${NETWORK}/transport/late.ts`, `type A = import("../network.ts").Network;`, "import network.ts"],
  ["folder-order", `${NETWORK}/session/lazy.ts`, `const a = () => import("../testing/index.ts");`, "import testing"],
  ["folder-order", `${NETWORK}/misc/a.ts`, `const a = 1;`, "misc/ has no place"],
  ["no-globals", `${NETWORK}/session/time.ts`, `const a = () => Date.now();`, "global Date.now"],
  ["no-globals", `${NETWORK}/session/chance.ts`, `const a = () => Math.random();`, "global Math.random"],
  ["no-globals", `${NETWORK}/session/timer.ts`, `const a = () => setTimeout(a, 1);`, "global setTimeout"],
  ["no-globals", `${NETWORK}/session/clock.ts`, `const a = { performance };`, "global performance"],
  ["no-globals", `${NETWORK}/session/socket.ts`, `class A extends WebSocket {}`, "global WebSocket"],
  ["no-globals", `${NETWORK}/session/page.ts`, `const a = () => document.title;`, "global document.title"],
  ["no-globals", `${NETWORK}/session/trick.ts`, `const a = globalThis["fetch"];`, "global globalThis"],
  ["no-globals", "packages/protocol/src/draw.ts", `const a = () => crypto;`, "global crypto"],
  ["names", `${NETWORK}/session/peers.ts`, `export class PeerManager {}`, "PeerManager"],
  ["names", "test/harness/wait.ts", `export const waitHelper = 1;`, "waitHelper"],
  ["names", "packages/dev-server/src/socket.ts", `interface ISocket {}`, "ISocket"],
  ["names", `${NETWORK}/util/utils.ts`, `const a = 1;`, "utils.ts"],
  ["no-wildcard-exports", `${NETWORK}/all.ts`, `export * from "./errors.ts";`, "export *"],
  ["no-wildcard-exports", "packages/dev-server/package.json", `{ "exports": { "./*": "./dist/*" } }`, "./*"],
  ["no-import-side-effects", "packages/dev-server/src/start.ts", `const a = () => {};\na();`, "runs on import"],
  ["browser-safe", `${NETWORK}/session/files.ts`, `import { readFileSync } from "node:fs";`, "node:fs"],
  ["browser-safe", "packages/protocol/package.json", `{ "dependencies": { "ws": "^8.0.0" } }`, "depends on ws"],
  [
    "lock-without-registry",
    "package-lock.json",
    `{ "a": {\n"resolved": "https://somewhere/a.tgz" } }`,
    "names a registry",
  ],
  ["errors-documented", "docs/errors.md", "# Errors\n\n## timeout\n\nSee aborted.\n", "error code aborted"],
  [
    "rules-tested",
    "packages/protocol/SPEC.md",
    "- **F1** One.\n- **F2** Two.\n- **F3** Three.\n",
    "no test's name has [F3]",
  ],
  ["rules-tested", "packages/protocol/test/more.test.ts", `test(\`[F9] nine\`, () => {});`, "F9 is no rule"],
  ["exports-documented", "packages/protocol/src/index.ts", `export const a = 1;`, "a is public"],
  [
    "exports-documented",
    `${NETWORK}/network.ts`,
    `/** A network. */\nexport class Network { size = 1; }`,
    "Network.size is public",
  ],
];

describe("the laws of the architecture", async () => {
  const { checkLaws } = (await import(LAWS)) as { checkLaws(root: string): string[] };
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "clayground-laws-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("code that keeps them passes", () => {
    plant(root, LAWFUL);
    expect(checkLaws(root)).toEqual([]);
  });

  test.each(BROKEN)("%s bites: %s", (law, file, text, message) => {
    plant(root, { ...LAWFUL, [file]: text });
    const lines = checkLaws(root);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${file}:\\d+ ${law}: `));
    expect(lines[0]).toContain(message);
  });

  test("a breach fails the command", () => {
    plant(root, { ...LAWFUL, "test/utils.ts": "" });
    const { status, stdout } = spawnSync(process.execPath, [join(SCRIPTS, "check-laws.mjs"), root], {
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "test/utils.ts:1 names: utils.ts: name what it does\n" });
  });
});

function plant(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
