import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { platformAcceptance, realTime } from "@clayground/network/testing";
import type { PlatformContext } from "@clayground/network/testing";
import { test } from "vitest";
import { WebSocketServer } from "ws";
import { createNodePlatform } from "../src/index.ts";

async function setup(): Promise<PlatformContext> {
  const platform = createNodePlatform({ bindAddress: "127.0.0.1" });
  // As much of a signaling server as these scenarios need.
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (client) => client.send('{"type":"OPEN"}'));
  await once(server, "listening");
  const signalingUrl = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { a: platform, b: platform, signalingUrl, close: () => server.close(), ...realTime() };
}

for (const { name, run } of platformAcceptance(setup)) test(`the Node platform: ${name}`, run);
