import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { TestContext } from "vitest";
import { runCommand } from "../harness/command.ts";
import type { CommandRun } from "../harness/command.ts";

const PROGRAM = fileURLToPath(new URL("../../packages/network-node/bin/clayground-play.js", import.meta.url));
const play = (context: TestContext, ...args: string[]): CommandRun => runCommand(context, PROGRAM, args);

/** Without a namespace there are real interfaces, on which a test must not be seen. */
const isAlone = process.env["CLAYGROUND_BIND"] === undefined;

describe.skipIf(!isAlone)("clayground-play", { concurrent: true }, () => {
  test("two people in one room: one hosts, the other sees it in the list, joins, and they talk", async (context) => {
    const anna = play(context, "host", "--name", "Anna", "--app-id", "play-command");
    const [, code = ""] = await anna.wrote(/Hosting (L\w+-\w+)\./);
    const listed = await play(context, "list", "--once", "--app-id", "play-command").ended;
    expect(listed).toEqual({ code: 0, output: `  ${code}  1 of 8  Anna's network  [play-command]\n` });
    const ben = play(context, "join", code.toLowerCase(), "--name", "Ben");
    const [, id = ""] = await ben.wrote(/You are in, as (\w+)\./);
    ben.type("hello");
    await anna.wrote(new RegExp(`Ben \\(${id}\\): hello\n`));
    anna.type("hello, Ben");
    await ben.wrote(/Anna \(HOST\): hello, Ben\n/);
    ben.type("/who");
    await ben.wrote(/ {2}Anna \(HOST\), directly, \d+ ms\n/);
    anna.type("/quit");
    expect((await anna.ended).code).toBe(0);
    expect(await ben.ended).toMatchObject({ code: 0, output: expect.stringContaining("the network is over") });
  });

  test("Ctrl-C leaves in good order, and so does a window that is closed", async (context) => {
    const host = play(context, "host", "--no-advertise");
    const [, code = ""] = await host.wrote(/Hosting (L\w+-\w+)\./);
    const joiner = play(context, "join", code);
    await host.wrote(/is here, 2 are here/);
    joiner.interrupt("SIGHUP");
    await host.wrote(/left, nobody else is here/);
    host.interrupt();
    expect([(await joiner.ended).code, (await host.ended).code]).toEqual([0, 0]);
  });

  test("a list that nobody reads any more ends", async (context) => {
    const list = play(context, "list", "--app-id", "nobody-has-this");
    await list.wrote(/Networks on the local network/);
    list.stopReading();
    expect((await list.ended).code).toBe(0);
  });

  test("the doctor finds nothing wrong where nothing is", async (context) => {
    const { code, output } = await play(context, "doctor").ended;
    expect(output).toMatch(/^ok {4}a server for others: .*\nok {4}being found: .*\nok {4}a connection: /);
    expect(code).toBe(0);
  });

  test("on a machine that is in no network two programs find each other, and the doctor says what is missing", async (context) => {
    const lonely = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
    const { code, output } = await runCommand(context, PROGRAM, ["doctor"], lonely).ended;
    expect(output).toContain("FAIL  a server for others: this machine is in no network");
    expect(output).toMatch(/ok {4}a connection: made in \d+ ms/);
    expect(code).toBe(1);
  });

  test.for([
    [["join", "L1H9U1VM-102H"], 1, "No host at 192.0.2.2:46745. Both must be in one network"],
    [["join", "nonsense"], 1, "nonsense is not a network code. A code has 6 letters and digits"],
    [["host", "--address", "192.0.2.2"], 1, "No LAN mode: This machine has no IPv4 address 192.0.2.2"],
    [["host", "--serve", "no/such/folder"], 1, "There is no folder no/such/folder"],
    [["host", "--max-nodes", "99"], 2, "maxNodes must be 2 to 8"],
    [["play"], 2, "Unknown command 'play'; see clayground-play --help"],
  ] as const)("%j ends with the reason and the next step", async ([args, code, words], context) => {
    const ended = await play(context, ...args).ended;
    expect(ended).toMatchObject({ code, output: expect.stringContaining(words) });
  });
});
