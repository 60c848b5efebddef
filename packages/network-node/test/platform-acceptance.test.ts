import { platformAcceptance, realTime } from "@clayground/network/testing";
import type { PlatformContext } from "@clayground/network/testing";
import { createSignalingServer } from "@clayground/signaling-server";
import { test } from "vitest";
import { createNodePlatform } from "../src/index.ts";

async function setup(): Promise<PlatformContext> {
  const platform = createNodePlatform({ bindAddress: "127.0.0.1" });
  const { url: signalingUrl, close } = await createSignalingServer({ port: 0, host: "127.0.0.1" });
  return { a: platform, b: platform, signalingUrl, close, ...realTime() };
}

for (const { name, run } of platformAcceptance(setup)) test(`the Node platform: ${name}`, run);
