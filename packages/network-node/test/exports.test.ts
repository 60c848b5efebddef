import * as core from "@clayground/network";
import { expect, test } from "vitest";
import * as node from "../src/index.ts";

test("a program changes one import and nothing else: all that @clayground/network exports is here too", () => {
  expect(Object.keys(node)).toEqual(expect.arrayContaining(Object.keys(core)));
});

test("its Network is a Network of the core", () => {
  const network = new node.Network({ maxNodes: 3 });
  expect(network).toBeInstanceOf(core.Network);
  expect(network.maxNodes).toBe(3);
});
