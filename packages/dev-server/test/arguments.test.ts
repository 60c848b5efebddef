import { describe, expect, test } from "vitest";
import { HELP, parseArguments } from "../src/arguments.ts";

describe("arguments", () => {
  test("--help explains everything in 80 columns", () => {
    expect(parseArguments(["game", "--help"])).toEqual({ type: "help" });
    expect(Math.max(...HELP.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(HELP).toMatchInlineSnapshot(`
      "Usage: clay-dev-server <project_dir> [port] [options]

      Serves a folder to browsers on this machine and on phones nearby, with WebRTC
      signaling and live reload built in: pages need no internet, no configuration.

        project_dir        the folder to serve
        port               default 8090; when it is taken, the next free one is used

        --https            HTTPS, with a certificate that is made and kept for you
        --cert FILE        HTTPS with your own certificate (PEM)
        --key FILE         its private key (PEM)
        --host ADDRESS     listen on this address only; default: all, for phones
        --strict-port      fail when the port is taken
        --allow-host NAME  answer to this name, too; .example.com for all below it
        --isolate          cross-origin isolation, for SharedArrayBuffer
        --console          show the errors of pages here
        --no-signaling     no signaling at /peerjs
        --no-reload        no reload when files change
        --open             open a browser
        --quiet            write errors only
        --json             write one JSON object a line, for programs
        --help             show this
        --version          show the version
      "
    `);
  });

  test.each<[string[], object]>([
    [["game"], { root: "game" }],
    [["game", "9000"], { root: "game", port: 9000 }],
    [["--host=127.0.0.1", "game", "0"], { root: "game", port: 0, host: "127.0.0.1" }],
    [["game", "--host", "[::1]"], { root: "game", host: "::1" }],
    [["--", "-odd-", "9000"], { root: "-odd-", port: 9000 }],
    [["game", "--https", "--isolate", "--strict-port"], { root: "game", https: true, isolate: true, strictPort: true }],
    [["--no-signaling", "--no-reload", "game"], { root: "game", signaling: false, reload: false }],
    [["game", "--allow-host", "a.test", "--allow-host=.b.test"], { root: "game", allowHosts: ["a.test", ".b.test"] }],
  ])("%j is understood", (args, options) =>
    expect(parseArguments(args)).toEqual({ type: "serve", options, output: "text", open: false, console: false }),
  );

  test("what the command itself does is understood", () => {
    expect(parseArguments(["game", "--open", "--console", "--quiet"])).toMatchObject({
      output: "quiet",
      open: true,
      console: true,
    });
    expect(parseArguments(["game", "--json", "--quiet"])).toMatchObject({ output: "json" });
    expect(parseArguments(["game", "--cert", "a", "--key", "b"])).toMatchObject({
      certificate: { cert: "a", key: "b" },
    });
  });

  test.each([
    [[], "No project folder given"],
    [[""], "No project folder given"],
    [["game", "x"], "Not a port: 'x'"],
    [["game", "65536"], "Not a port: '65536'"],
    [["game", "1e3"], "Not a port: '1e3'"],
    [["game", "9000", "more"], "Unexpected argument 'more'"],
    [["game", "--port"], "Unknown option '--port'"],
    [["game", "--no.such"], "Unknown option '--no.such'"],
    [["game", "-x"], "Unknown option '-x'"],
    [["game", "--host"], "Option '--host <value>' argument missing"],
    [["game", "--host="], "Option '--host <value>' argument missing"],
    [["--help=yes"], "Option '-h, --help' does not take an argument"],
    [["game", "--https=yes"], "Option '--https' does not take an argument"],
    [["game", "--cert", "a"], "--cert and --key go together"],
    [["game", "--key", "a"], "--cert and --key go together"],
    [["game", "--allow-host", "*"], "Not a host name: '*'"],
    [["game", "--allow-host", "."], "Not a host name: '.'"],
    [["game", "--allow-host", "http://a.test"], "Not a host name: 'http://a.test'"],
    [["game", "\u001b[2J"], "Not a port: '\ufffd[2J'"],
  ])("%j is a mistake: %s", (args, message) => {
    expect(parseArguments(args)).toEqual({
      type: "mistake",
      message: `${message}; see clay-dev-server --help`,
      output: "text",
    });
  });
});
