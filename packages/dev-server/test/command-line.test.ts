import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { generateCertificate } from "../src/certificate/self-signed.ts";
import { run, type Run } from "./command.ts";
import { rawRequest, sendRaw } from "../../lan/test/raw.ts";
import { get } from "../../lan/test/request.ts";
import { makeProject, start } from "./running.ts";

// Else the developer's own browser opens.
const NO_DESKTOP = { XDG_CURRENT_DESKTOP: "X-Generic", DISPLAY: "", WAYLAND_DISPLAY: "" };

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "clay-dev-server-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Starts the command for a small project on this machine alone. */
function serve(...args: string[]): Run {
  return run([makeProject().root, "0", "--host", "127.0.0.1", ...args]);
}

async function portOf(command: Run): Promise<number> {
  return Number((await command.wrote(/On this machine +https?:\/\/localhost:(\d+)\//))[1]);
}

// Compiling the sources takes a second for each process.
describe("the command clay-dev-server", { timeout: 30_000 }, () => {
  test("serves a folder on the next free port, and says where", async () => {
    const { root } = makeProject();
    const other = await start({ root });
    const command = run([root, String(other.port), "--host", "127.0.0.1"]);
    const [output, taken, used] = await command.wrote(/^Port (\d+) is taken, so this is port (\d+)\.\n[^]*Ctrl-C.\n$/);
    expect(Number(taken)).toBe(other.port);
    expect(output).toContain(`http://localhost:${used}/\n`);
    expect((await get(Number(used), "/")).text).toContain("<p>Hello");
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends it at once with exit code 0, whoever is connected",
    async (signal) => {
      const command = serve();
      const port = await portOf(command);
      const streams = Array.from({ length: 150 }, async () => {
        const socket = connect(port, "127.0.0.1").on("error", () => undefined);
        socket.write(`GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        await new Promise((resolve) => socket.once("data", resolve));
      });
      const kept = Array.from({ length: 150 }, async () => {
        const socket = connect(port, "127.0.0.1").on("error", () => undefined);
        socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
        await new Promise((resolve) => socket.once("data", resolve));
      });
      const sockets = Array.from({ length: 150 }, async (_, n) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/peerjs?key=peerjs&id=tab-${n}&token=a`);
        socket.on("error", () => undefined);
        await new Promise((resolve) => socket.once("message", resolve));
      });
      const half = connect(port, "127.0.0.1").on("error", () => undefined);
      half.write("GET / HTTP/1.1\r\n");
      await Promise.all([...streams, ...kept, ...sockets]);
      command.process.kill(signal);
      expect(await command.ended).toMatchObject({ code: 0, errors: "" });
    },
  );

  test("goes on when nobody reads its output any more", async () => {
    const command = serve("--console");
    const port = await portOf(command);
    command.process.stdout?.destroy();
    command.process.stderr?.destroy();
    const report = '{"level":"error","text":"a"}';
    const bytes = `POST /clayground/console HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${report.length}\r\n\r\n${report}`;
    for (let n = 0; n < 3; n++) expect((await sendRaw(port, bytes)).status).toBe(204);
    expect((await get(port, "/")).status).toBe(200);
  });

  test("--version says the version", async () => {
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(await run(["--version"]).ended).toEqual({ code: 0, output: `${manifest.version}\n`, errors: "" });
  });

  test("--json tells a program in one line where it is", async () => {
    const { root } = makeProject();
    const command = run([root, "0", "--host", "127.0.0.1", "--json", "--console"]);
    const [line] = await command.wrote(/^.*\n/);
    const ready = JSON.parse(line) as { port: number };
    expect(ready).toEqual({
      event: "ready",
      root,
      port: ready.port,
      url: `http://localhost:${ready.port}/`,
      lanUrls: [],
    });
    await post(ready.port, { level: "error", text: "lost\u001b[2J" });
    const [, report] = await command.wrote(/^.*\n(.*)\n/);
    expect(JSON.parse(report ?? "")).toMatchObject({ event: "console", level: "error", text: "lost\ufffd[2J" });
  });

  test("--quiet writes nothing but errors", async () => {
    const { port } = await freePort();
    const command = run([makeProject().root, String(port), "--host", "127.0.0.1", "--strict-port", "--quiet"]);
    await vi.waitFor(async () => expect((await get(port, "/")).status).toBe(200), { timeout: 20_000 });
    command.process.kill("SIGINT");
    expect(await command.ended).toEqual({ code: 0, output: "", errors: "" });
  });

  test("--console shows where in a page an error happened", async () => {
    const command = serve("--console");
    const port = await portOf(command);
    const origin = `http://127.0.0.1:${port}`;
    await post(port, {
      level: "error",
      text: "TypeError: x is undefined",
      url: `${origin}/game.js`,
      line: 12,
      column: 5,
      stack: `TypeError: x is undefined\n    at draw (${origin}/game.js:12:5)`,
    });
    const [written] = await command.wrote(/error.*\n.*draw.*\n/);
    expect(written).toBe("error  /level.html /game.js:12:5  TypeError: x is undefined\n    at draw (/game.js:12:5)\n");
  });

  test.runIf(process.platform === "linux")("--open opens the page in a browser", async () => {
    const folder = makeFolder();
    const [browser, opened] = [join(folder, "browser"), join(folder, "opened")];
    writeFileSync(browser, `#!/bin/sh\necho "$1" > "${opened}.part" && mv "${opened}.part" "${opened}"\n`);
    chmodSync(browser, 0o755);
    const command = run([makeProject().root, "0", "--host", "127.0.0.1", "--open"], {
      ...NO_DESKTOP,
      BROWSER: browser,
    });
    const port = await portOf(command);
    await vi.waitFor(() => expect(existsSync(opened)).toBe(true), { timeout: 15_000 });
    expect(readFileSync(opened, "utf8")).toBe(`http://localhost:${port}/\n`);
  });

  test.runIf(process.platform === "linux")("--open says what to do where there is no browser", async () => {
    const command = run([makeProject().root, "0", "--host", "127.0.0.1", "--open"], {
      ...NO_DESKTOP,
      BROWSER: "/nowhere",
    });
    const port = await portOf(command);
    expect((await command.wrote(/No browser.*\n/))[0]).toBe(
      `No browser opens by itself here: open http://localhost:${port}/\n`,
    );
    expect((await get(port, "/")).status).toBe(200);
  });

  test("--https keeps one certificate in the home folder", async () => {
    const home = makeFolder();
    const { root } = makeProject();
    for (let n = 0; n < 2; n++) {
      const command = run([root, "0", "--host", "127.0.0.1", "--https"], { HOME: home });
      const port = await portOf(command);
      expect((await command.wrote(/Ctrl-C/)).input).toContain("Show Details");
      expect((await sendRaw(port, rawRequest("/"), true)).text).toContain("<p>Hello");
      command.process.kill("SIGINT");
      await command.ended;
    }
    expect(existsSync(join(home, ".clay-dev-cert", "certificate.pem"))).toBe(true);
  });

  test("--cert and --key use one's own certificate", async () => {
    const folder = makeFolder();
    const { cert, key } = await generateCertificate(["own.test"], Date.now());
    writeFileSync(join(folder, "cert.pem"), cert);
    writeFileSync(join(folder, "key.pem"), key);
    const command = serve("--cert", join(folder, "cert.pem"), "--key", join(folder, "key.pem"));
    expect((await sendRaw(await portOf(command), rawRequest("/"), true)).text).toContain("<p>Hello");
  });
});

describe("a mistake is answered in one line, with exit code 2", { timeout: 30_000 }, () => {
  async function expectMistake(
    args: readonly string[],
    message: RegExp,
    env: Record<string, string> = {},
  ): Promise<void> {
    const { code, output, errors } = await run(args, env).ended;
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toMatch(/^clay-dev-server: [^\n]+\n$/);
    expect(errors).toMatch(message);
  }

  test("an unknown flag", () => expectMistake(["--frobnicate"], /--frobnicate.*--help/));
  test("a missing folder", () => expectMistake(["/nowhere/at/all"], /No such folder: \/nowhere\/at\/all/));
  test("a folder whose name would steer the terminal", () =>
    expectMistake(["/no\u001b[2Jwhere\nat all"], /No such folder: \/no\ufffd\[2Jwhere at all/));
  test("an address that is not this machine's", () =>
    expectMistake([makeProject().root, "0", "--host", "192.0.2.250"], /Cannot listen on port 0/));

  test("a taken port with --strict-port", async () => {
    const { port } = await start();
    await expectMistake(
      [makeProject().root, String(port), "--host", "127.0.0.1", "--strict-port"],
      /Port \d+ is taken/,
    );
  });

  test("a certificate that cannot be read, is none, or has another key", async () => {
    const folder = makeFolder();
    const [one, other] = [
      await generateCertificate(["a.test"], Date.now()),
      await generateCertificate(["b.test"], Date.now()),
    ];
    const write = (name: string, text: string): string => (writeFileSync(join(folder, name), text), join(folder, name));
    const { root } = makeProject();
    const [cert, key, noPem] = [write("cert", one.cert), write("key", other.key), write("no", "no")];
    await expectMistake([root, "0", "--cert", join(folder, "gone"), "--key", key], /Cannot read .*gone: ENOENT/);
    await expectMistake([root, "0", "--cert", folder, "--key", key], /Cannot read .*EISDIR/);
    await expectMistake([root, "0", "--cert", noPem, "--key", noPem], /Cannot use this certificate/);
    await expectMistake([root, "0", "--cert", cert, "--key", key], /the key is another certificate's/);
  });

  test("a home folder that cannot be written, with --https", async () => {
    const { root } = makeProject();
    await expectMistake(
      [root, "0", "--https"],
      /Cannot keep a certificate in \/dev\/null\/\.clay-dev-cert .*--cert and --key/,
      {
        HOME: "/dev/null",
      },
    );
    await expectMistake([root, "0", "--https"], /no home folder/, { HOME: "" });
    const home = makeFolder();
    mkdirSync(join(home, ".clay-dev-cert", "certificate.pem", "x"), { recursive: true });
    await expectMistake([root, "0", "--https"], /Cannot keep a certificate/, { HOME: home });
  });

  test("for a program it is a line of JSON", async () => {
    for (const args of [["--json", "--frobnicate"], ["--json", "/nowhere"], ["--json"]]) {
      const { code, output, errors } = await run(args).ended;
      expect([code, errors]).toEqual([2, ""]);
      expect(JSON.parse(output)).toEqual({ event: "error", message: expect.stringMatching(/./) as string });
      expect(output.match(/\n/g)).toHaveLength(1);
    }
  });
});

async function post(port: number, report: object): Promise<void> {
  const { status } = await fetch(`http://127.0.0.1:${port}/clayground/console`, {
    method: "POST",
    body: JSON.stringify(report),
    headers: { referer: `http://127.0.0.1:${port}/level.html` },
  });
  expect(status).toBe(204);
}

/** A port that was free a moment ago. */
async function freePort(): Promise<{ port: number }> {
  const server = await start();
  await server.close();
  return { port: server.port };
}
