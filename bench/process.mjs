import { Network } from "@clayground/network-node";
import { Agent } from "./agent/agent.mjs";
import { BareNode } from "./contenders/bare-node.mjs";
import { Clayground } from "./contenders/clayground.mjs";
import { NativeApp } from "./contenders/native-app.mjs";

// A child process of the bench; `stage/node-process.mjs` talks to it.
const agent = new Agent(
  {
    bare: (url) => new BareNode(url),
    clayground: (url) => new Clayground(Network, url),
    "native-app": (url) => new NativeApp(url),
  },
  process.argv[2] ?? "",
);

process.on("message", (/** @type {{ id: number, method: "cpu", args: [] }} */ { id, method, args }) => {
  agent[method](...args).then(
    (value) => process.send?.({ id, value }),
    (error) => process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on("disconnect", () => process.exit());
