import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectPlain, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { writeCertificate } from "./certificates.ts";
import { CommandRun } from "./command.ts";
import { RawClient } from "./raw-client.ts";

const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});

const LOCAL = ["--host", "127.0.0.1", "--port", "0"];

function run(args: readonly string[], environment?: Readonly<Record<string, string>>): CommandRun {
  const command = new CommandRun(args, environment);
  undo.push(() => void command.process.kill("SIGKILL"));
  return command;
}

/** Starts the command; resolves with its WebSocket URL when it listens. */
async function start(...args: string[]): Promise<{ command: CommandRun; url: string; http: string }> {
  const command = run([...LOCAL, ...args]);
  const { url = "" } = await command.logged("listening");
  return { command, url, http: new URL("/", url.replace(/^ws/, "http")).href };
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "clayground-command-"));
  undo.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

function connectTo(url: string, id: string, token: string): RawClient {
  const client = new RawClient(`${url}?key=peerjs&id=${id}&token=${token}`);
  undo.push(() => client.socket.terminate());
  return client;
}

// Compiling the sources takes a second for each process.
describe("the command clay-signaling", { timeout: 30_000 }, () => {
  test("serves clients, /healthz and /metrics, and says where in one JSON line", async () => {
    const { command, url, http } = await start();
    expect(JSON.parse(command.output.split("\n", 1)[0] ?? "")).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      level: "info",
      event: "listening",
      url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/peerjs$/) as string,
      version: manifest().version,
    });
    const client = connectTo(url, "ABCDEF", "token");
    expect(await client.next()).toEqual({ type: "OPEN" });
    expect(await (await fetch(`${http}healthz`)).text()).toBe("ok\n");
    expect(await (await fetch(`${http}metrics`)).text()).toContain(
      'clayground_signaling_clients{transport="websocket"} 1\n',
    );
    expect((await fetch(`${http}peerjs/id`)).status).toBe(200);
    expect((await fetch(`${http}nothing`)).status).toBe(404);
  });

  test("on SIGTERM tells its clients, says 503, and ends with exit code 0 when all have gone", async () => {
    const { command, url, http } = await start("--drain-seconds", "60");
    const client = connectTo(url, "ABCDEF", "token");
    expect(await client.next()).toEqual({ type: "OPEN" });
    command.process.kill("SIGTERM");
    expect(await client.next()).toEqual({ type: "GOAWAY", payload: { ms: 60_000 } });
    const health = await fetch(`${http}healthz`);
    expect([health.status, await health.text()]).toEqual([503, "draining\n"]);
    client.socket.close();
    expect(await command.ended).toMatchObject({ code: 0, errors: "" });
    expect(command.output).toMatch(/"event":"stopped"\}\n$/);
  });

  test("closes clients that stay, after --drain-seconds", async () => {
    const { command, url } = await start("--drain-seconds", "1");
    const client = connectTo(url, "ABCDEF", "token");
    expect(await client.next()).toEqual({ type: "OPEN" });
    command.process.kill("SIGINT");
    expect(await client.closed).toBe(1012);
    expect(await command.ended).toMatchObject({ code: 0, errors: "" });
  });

  test("ends at once at the second signal", async () => {
    const { command, url } = await start("--drain-seconds", "3600");
    const client = connectTo(url, "ABCDEF", "token");
    await client.next();
    command.process.kill("SIGINT");
    expect(await client.next()).toMatchObject({ type: "GOAWAY" });
    command.process.kill("SIGINT");
    expect(await command.ended).toMatchObject({ code: 0, errors: "" });
  });

  test("takes a renewed certificate on SIGHUP, while those who are connected stay", async () => {
    const folder = makeFolder();
    const { cert, key } = writeCertificate(folder, "first.example");
    const { command, url } = await start("--tls-cert", cert, "--tls-key", key);
    expect(url).toMatch(/^wss:/);
    const { port } = new URL(url);
    const nameServed = async (): Promise<unknown> => {
      const socket = connect({ port: Number(port), host: "127.0.0.1", rejectUnauthorized: false });
      undo.push(() => socket.destroy());
      await once(socket, "secureConnect");
      return socket.getPeerCertificate().subject.CN;
    };
    expect(await nameServed()).toBe("first.example");
    writeCertificate(folder, "second.example");
    command.process.kill("SIGHUP");
    await command.logged("certificate-loaded");
    expect(await nameServed()).toBe("second.example");
  });

  test("gives out TURN credentials; no token, key or secret is ever in its log", async () => {
    const folder = makeFolder();
    const secret = join(folder, "secret");
    writeFileSync(secret, "north-by-north-west\n");
    const turn = ["--turn-url", "turn:turn.example.com:3478", "--turn-secret-file", secret];
    const { command, url, http } = await start(...turn, "--key", "own-key", "--stun-url", "stun:turn.example.com");
    const client = new RawClient(`${url}?key=own-key&id=ABCDEF&token=tell-nobody`);
    undo.push(() => client.socket.terminate());
    expect(await client.next()).toEqual({ type: "OPEN" });
    const wrong = new RawClient(`${url}?key=wrong-key&id=GHIJKL&token=tell-nobody`);
    undo.push(() => wrong.socket.terminate());
    expect(await wrong.next()).toMatchObject({ type: "INVALID-KEY" });
    expect(await (await fetch(`${http}own-key/ice`)).json()).toEqual({
      iceServers: [
        { urls: ["stun:turn.example.com"] },
        {
          urls: ["turn:turn.example.com:3478"],
          username: expect.stringMatching(/^\d+:.+$/) as string,
          credential: expect.stringMatching(/^[\w+/]{27}=$/) as string,
        },
      ],
      ttl: 28_800,
    });
    await command.logged("refused");
    command.process.kill("SIGTERM");
    client.socket.close();
    expect(await command.ended).toMatchObject({ code: 0, errors: "" });
    expect(command.output).toContain('"event":"client-connected","id":"ABCDEF"');
    expect(command.output).not.toMatch(/tell-nobody|own-key|wrong-key|north-by/);
  });

  test("hangs up on who does not say what he wants in --handshake-ms, and counts him", async () => {
    const { command, url, http } = await start("--handshake-ms", "100");
    const silent = connectPlain(Number(new URL(url).port), "127.0.0.1");
    silent.write("GET / HTTP/1.1\r\n");
    const [answer] = (await once(silent, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
    await once(silent, "close");
    expect(await command.logged("refused")).toMatchObject({ level: "warn", reason: "handshake-timeout" });
    expect(await (await fetch(`${http}metrics`)).text()).toContain(
      'clayground_signaling_refused_total{reason="handshake-timeout"} 1\n',
    );
  });

  test("is set up by environment variables, too, and warns of those that it does not know", async () => {
    const environment = {
      CLAY_SIGNALING_HOST: "127.0.0.1",
      CLAY_SIGNALING_PORT: "0",
      CLAY_SIGNALING_METRICS: "off",
      CLAY_SIGNALING_MAX_CLIENT: "7",
    };
    const command = run([], environment);
    const { url = "" } = await command.logged("listening");
    expect((await fetch(new URL("/metrics", url.replace("ws", "http")))).status).toBe(404);
    expect(await command.logged("unknown-variable")).toMatchObject({
      level: "warn",
      variable: "CLAY_SIGNALING_MAX_CLIENT",
    });
  });

  test("--version says the version", async () => {
    expect(await run(["--version"]).ended).toEqual({ code: 0, output: `${manifest().version}\n`, errors: "" });
  });

  test.each([
    ["an unknown flag", ["--frobnicate"], {}, /^clay-signaling: [^\n]*--frobnicate[^\n]*\n$/],
    ["a bad variable", [], { CLAY_SIGNALING_PORT: "x" }, /^clay-signaling: CLAY_SIGNALING_PORT: [^\n]*\n$/],
  ])("%s is answered in one line, with exit code 2", async (_what, args, environment, line) => {
    const { code, output, errors } = await run(args, environment).ended;
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toMatch(line);
  });

  test("a certificate without its own key is answered in one line, with exit code 2", async () => {
    const folder = makeFolder();
    const { cert } = writeCertificate(folder, "first.example");
    const { key } = writeCertificate(makeFolder(), "second.example");
    const { code, errors } = await run([...LOCAL, "--tls-cert", cert, "--tls-key", key]).ended;
    expect(code).toBe(2);
    expect(errors).toMatch(/^clay-signaling: --tls-cert and --tls-key: [^\n]*mismatch\n$/);
  });

  test("a port that is taken is answered in one line, with exit code 1", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    undo.push(() => other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    expect(await run(["--host", "127.0.0.1", "--port", String(port)]).ended).toEqual({
      code: 1,
      output: "",
      errors: `clay-signaling: port ${port} is taken: choose another with --port\n`,
    });
  });

  test("an address that this machine does not have is answered in one line, with exit code 1", async () => {
    const { code, errors } = await run(["--host", "192.0.2.1", "--port", "0"]).ended;
    expect(code).toBe(1);
    expect(errors).toBe("clay-signaling: this machine has no address 192.0.2.1: choose another with --host\n");
  });
});

function manifest(): { readonly version: string } {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
}
