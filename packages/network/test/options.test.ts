import { expect, test } from "vitest";
import type { NetworkOptions } from "../src/index.ts";
import { codeOf, setup } from "./memory-nodes.ts";

test("a code of a network on the LAN is refused as not supported yet", async () => {
  const { net, node } = setup();
  expect(await codeOf(net.until(node("joiner").join("L1H9U1VM-102H")))).toBe("not-supported");
});

test.each<[string, unknown]>([
  ["topology", "mesh"],
  ["signalingMode", "local"],
  ["signalingUrl", "local"],
  ["iceServers", "automatic"],
  ["topology", "local"],
  ["iceServers", [["stun:stun.example.com"]]],
])("%s: %j is invalid", (name, value) => {
  const { node } = setup();
  const options = { [name]: value } as NetworkOptions;
  expect(() => node("node", options)).toThrow(expect.objectContaining({ code: "invalid-option" }));
});
