import { expect, test } from "vitest";
import { HELP, parseArguments } from "../src/command-line/arguments.ts";

const NOBODY = { name: undefined, signalingUrl: "" };

test("host is on the local network, unless the cloud or a server is named", () => {
  expect(parseArguments(["host"])).toEqual({ type: "host", options: { ...NOBODY, signalingMode: "local" } });
  expect(parseArguments(["host", "--cloud"])).toMatchObject({ options: { signalingMode: "cloud" } });
  const url = "ws://127.0.0.1:9000/peerjs";
  expect(parseArguments(["host", "--signaling", url])).toMatchObject({
    options: { signalingMode: "cloud", signalingUrl: url },
  });
});

test("each option of host becomes the one of Network", () => {
  const args = ["--name", "Anna", "--max-nodes", "4", "--port", "4711", "--address", "192.0.2.2"];
  expect(parseArguments(["host", ...args, "--app-id", "arena", "--no-advertise", "--serve", "dist"])).toEqual({
    type: "host",
    options: {
      name: "Anna",
      signalingUrl: "",
      signalingMode: "local",
      maxNodes: 4,
      lanPort: 4711,
      lanAddress: "192.0.2.2",
      appId: "arena",
      advertise: false,
      serve: "dist",
    },
  });
});

test("join takes one code, list an application, doctor nothing", () => {
  expect(parseArguments(["join", "K7Q2MD", "--name", "Ben"])).toEqual({
    type: "join",
    code: "K7Q2MD",
    options: { name: "Ben", signalingUrl: "" },
  });
  expect(parseArguments(["list", "--app-id", "arena", "--once"])).toEqual({ type: "list", appId: "arena", once: true });
  expect(parseArguments(["doctor"])).toEqual({ type: "doctor" });
});

test("an empty name is none", () => {
  expect(parseArguments(["host", "--name", " "])).toMatchObject({ options: NOBODY });
});

test.each([
  [[], "Say host, join CODE, list or doctor"],
  [["play"], "Unknown command 'play'"],
  [["constructor"], "Unknown command 'constructor'"],
  [["join"], "which code"],
  [["join", "K7Q2MD", "now"], "Unexpected argument 'now'"],
  [["host", "K7Q2MD"], "Unexpected argument 'K7Q2MD'"],
  [["join", "K7Q2MD", "--port", "1"], "--port says nothing to join"],
  [["doctor", "--name", "Anna"], "--name says nothing to doctor"],
  [["host", "--port", "http"], "--port wants a number"],
  [["host", "--cloud", "--serve", "dist"], "for the local network"],
  [["host", "--loud"], "--loud"],
])("%j is a mistake that is explained in one line", (args, words) => {
  const command = parseArguments(args);
  if (command.type !== "mistake") throw new Error(`understood as ${command.type}`);
  expect(command.message).toContain(words);
  expect(command.message).toContain("--help");
  expect(command.message).not.toContain("\n");
});

test("the help names every command and fits into 80 columns", () => {
  for (const word of ["host", "join CODE", "list", "doctor", "/who", "/quit"]) expect(HELP).toContain(word);
  for (const line of HELP.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});
