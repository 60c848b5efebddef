import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { variableOf } from "../src/command-line/command-option.ts";
import { helpText } from "../src/command-line/help.ts";
import { OPTIONS } from "../src/command-line/option-table.ts";
import { parseCommand, type Environment } from "../src/command-line/parse.ts";
import type { Settings } from "../src/command-line/settings.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";

const folder = mkdtempSync(join(tmpdir(), "clayground-options-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function settingsOf(args: readonly string[], environment: Environment = {}): Settings {
  const command = parseCommand(args, environment);
  if (command.type !== "serve") throw new Error(`not understood: ${JSON.stringify(command)}`);
  return command.settings;
}

function mistakeIn(args: readonly string[], environment: Environment = {}): string {
  const command = parseCommand(args, environment);
  if (command.type !== "mistake") throw new Error(`taken for good: ${JSON.stringify(command)}`);
  return command.message;
}

const PEM = file("some.pem", "any text");
const SECRET_FILE = file("secret", "a long enough secret\n");
/** A value for each option that has no number. */
const SAMPLES: Readonly<Record<string, string>> = {
  host: "127.0.0.1",
  path: "/signal",
  key: "other",
  "tls-cert": PEM,
  "tls-key": PEM,
  "allow-origin": "https://game.example",
  "id-pattern": "[A-Z]{6}",
  "turn-url": "turn:turn.example.com:3478",
  "turn-secret-file": SECRET_FILE,
  "turn-secret": "a long enough secret",
  "stun-url": "stun:turn.example.com",
  "max-id-length": "6",
  metrics: "off",
  log: "text",
};

describe("what clay-signaling is told", () => {
  test("nothing at all means the server's own defaults", () => {
    const { idPattern: _none, ...limits } = DEFAULT_LIMITS;
    expect(settingsOf([])).toEqual({
      port: 9000,
      path: "/peerjs",
      key: "peerjs",
      trustProxy: 0,
      ...limits,
      connectionsPerSecond: 20,
      connectionBurst: 400,
      handshakeMs: 5000,
      maxPayload: 65_536,
      maxBacklog: 1024 * 1024,
      pingIntervalMs: 15_000,
      turnTtlSeconds: 28_800,
      metrics: "local",
      log: "json",
      drainSeconds: 10,
    });
  });

  test.each(OPTIONS.filter(({ variableOnly }) => !variableOnly).map((option) => [option.name, option] as const))(
    "--%s and its variable say the same",
    (name, option) => {
      const others = ["--tls-cert", PEM, "--tls-key", PEM, "--turn-url", "turn:t.example"];
      const needed = [...others, ...(name === "turn-secret-file" ? [] : ["--turn-secret-file", SECRET_FILE])];
      const withoutOwn = needed.filter((each, at) => each !== `--${name}` && needed[at - 1] !== `--${name}`);
      const value = option.value === undefined ? undefined : (SAMPLES[name] ?? String(Number(option.fallback) + 1));
      const flagged = settingsOf([...withoutOwn, `--${name}`, ...(value === undefined ? [] : [value])]);
      expect(settingsOf(withoutOwn, { [variableOf(option)]: value ?? "true" })).toEqual(flagged);
      expect(flagged).toMatchObject(option.read(value ?? "true"));
    },
  );

  test("a flag wins over its variable, and an empty variable counts as none", () => {
    const environment = { CLAY_SIGNALING_PORT: "7000", CLAY_SIGNALING_HOST: "", CLAY_SIGNALING_PEERS: "no" };
    expect(settingsOf(["--port", "8000"], environment)).toMatchObject({ port: 8000, peers: false });
    expect(settingsOf([], environment)).toMatchObject({ port: 7000 });
    expect(settingsOf([], environment)).not.toHaveProperty("host");
  });

  test("lists come from a flag given again, or from a variable with spaces or commas", () => {
    const origins = ["https://a.example", "https://*.b.example:8443", "capacitor://localhost"];
    const flags = origins.flatMap((origin) => ["--allow-origin", origin]);
    expect(settingsOf(flags).allowedOrigins).toEqual(origins);
    expect(settingsOf([], { CLAY_SIGNALING_ALLOW_ORIGIN: origins.join(", ") }).allowedOrigins).toEqual(origins);
    expect(settingsOf([], { CLAY_SIGNALING_ALLOW_ORIGIN: origins.join("\n") }).allowedOrigins).toEqual(origins);
  });

  test("the TURN secret comes from a file without its line end, or from a variable", () => {
    const turn = ["--turn-url", "turn:t.example"];
    const settings = { turnUrls: ["turn:t.example"], turnSecret: "a long enough secret" };
    expect(settingsOf([...turn, "--turn-secret-file", SECRET_FILE])).toMatchObject(settings);
    expect(settingsOf(turn, { CLAY_SIGNALING_TURN_SECRET_FILE: SECRET_FILE })).toMatchObject(settings);
    expect(settingsOf(turn, { CLAY_SIGNALING_TURN_SECRET: "a long enough secret" })).toMatchObject(settings);
  });

  test("variables that look like ours and are none are named", () => {
    const environment = { CLAY_SIGNALING_MAX_CLIENT: "5", CLAY_SIGNALING_LOG: "off", PATH: "/bin" };
    expect(parseCommand([], environment)).toMatchObject({ unknownVariables: ["CLAY_SIGNALING_MAX_CLIENT"] });
  });

  test("--help and --version win over everything else", () => {
    expect(parseCommand(["--port", "nonsense", "--help"])).toEqual({ type: "help" });
    expect(parseCommand(["-v"], { CLAY_SIGNALING_PORT: "nonsense" })).toEqual({ type: "version" });
  });
});

describe("what is wrong is said in one line that names the flag or the variable:", () => {
  test.each([
    [["--frobnicate"], "Unknown option '--frobnicate'"],
    [["game"], "Unexpected argument 'game'"],
    [["--port"], "Option '--port <value>' argument missing"],
    [["--peers=yes"], "Option '--peers' does not take an argument"],
    [["--port="], "--port needs a value"],
    [["--port", "65536"], '--port: "65536" is no whole number from 0 to 65535'],
    [["--max-clients", "1e3"], '--max-clients: "1e3" is no whole number from 1 to 1000000'],
    [["--path", "peerjs"], '--path: "peerjs" is no path that begins with /'],
    [["--key", "a b"], '--key: "a b" is no key of letters, digits and . _ ~ -'],
    [["--allow-origin", "game.example"], '--allow-origin: "game.example" is no origin, as https://game.example'],
    [
      ["--allow-origin", "https://g.example/"],
      '--allow-origin: "https://g.example/" is no origin, as https://game.example',
    ],
    [["--metrics", "public"], '--metrics: "public" is none of local, all, off'],
    [
      ["--id-pattern", "["],
      '--id-pattern: "[" is no regular expression: Invalid regular expression: /[/u: Unterminated character class',
    ],
    [["--turn-url", "http://t"], '--turn-url: "http://t" is no TURN URL, as turn:turn.example.com:3478'],
    [["--host", "a\u001b[31m\nb"], String.raw`--host: "a\u001b[31m\nb" is no address`],
    [["--tls-cert", "/nowhere"], "--tls-cert: cannot be read: ENOENT: no such file or directory, open '/nowhere'"],
    [["--tls-cert", PEM], "--tls-cert needs --tls-key"],
    [["--tls-key", PEM], "--tls-key needs --tls-cert"],
    [["--turn-url", "turn:t"], "--turn-url needs --turn-secret-file"],
    [["--stun-url", "stun:t"], "--stun-url needs --turn-url"],
    [["--turn-secret-file", SECRET_FILE], "--turn-secret-file needs --turn-url"],
    [
      ["--turn-secret", "abcdefghi"],
      "--turn-secret would show the secret to every user of this machine: set CLAY_SIGNALING_TURN_SECRET",
    ],
  ])("%j", (args, message) => {
    expect(mistakeIn(args)).toBe(`${message}; see clay-signaling --help`);
  });

  test.each([
    [{ CLAY_SIGNALING_PORT: "tcp://10.0.0.1:9000" }, "CLAY_SIGNALING_PORT: "],
    [{ CLAY_SIGNALING_PEERS: "maybe" }, 'CLAY_SIGNALING_PEERS: "maybe" is neither true nor false'],
    [{ CLAY_SIGNALING_STUN_URL: "stun:t" }, "CLAY_SIGNALING_STUN_URL needs --turn-url"],
    [
      { CLAY_SIGNALING_TURN_SECRET: "short" },
      "CLAY_SIGNALING_TURN_SECRET: a secret is one line of 8 to 1024 characters",
    ],
    [
      { CLAY_SIGNALING_TURN_SECRET: "long enough", CLAY_SIGNALING_TURN_SECRET_FILE: SECRET_FILE },
      "CLAY_SIGNALING_TURN_SECRET_FILE and CLAY_SIGNALING_TURN_SECRET say the same",
    ],
  ])("%j", (environment, message) => {
    expect(mistakeIn([], environment).startsWith(message)).toBe(true);
  });
});

describe("--help", () => {
  const lines = helpText().split("\n");

  test("fits into 80 columns", () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("has every option with its default", () => {
    const text = helpText().replace(/\s+/g, " ");
    for (const { name, value, fallback, help, variableOnly, repeatable } of OPTIONS) {
      const flag = variableOnly ? "CLAY_SIGNALING_TURN_SECRET" : `--${name}${value === undefined ? "" : ` ${value}`}`;
      const end = `${repeatable ? "; repeatable" : ""}${fallback === undefined ? "" : ` [${fallback}]`}`;
      expect(text).toContain(` ${flag} ${help}${end} `);
    }
  });
});
