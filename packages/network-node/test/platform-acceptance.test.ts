import { platformAcceptance, realTime } from "@clayground/network/testing";
import { test } from "vitest";
import { createNodePlatform } from "../src/index.ts";

const setup = () => {
  const platform = createNodePlatform({ bindAddress: "127.0.0.1" });
  return { a: platform, b: platform, ...realTime() };
};

for (const { name, run } of platformAcceptance(setup)) test(`the Node platform: ${name}`, run);
