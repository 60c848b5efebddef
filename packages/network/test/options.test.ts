import { expect, test } from "vitest";
import type { NetworkOptions } from "../src/index.ts";
import { setup } from "./memory-nodes.ts";

test.each<[string, unknown]>([
  ["topology", "ring"],
  ["signalingMode", "lan"],
  ["signalingUrl", "local"],
  ["iceServers", "automatic"],
  ["topology", "local"],
  ["iceServers", [["stun:stun.example.com"]]],
])("%s: %j is invalid", (name, value) => {
  const { node } = setup();
  const options = { [name]: value } as NetworkOptions;
  expect(() => node("node", options)).toThrow(expect.objectContaining({ code: "invalid-option" }));
});
