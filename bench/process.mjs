import { Network } from "@clayground/network-node";
import { Agent } from "./agent/agent.mjs";
import { BareNode } from "./contenders/bare-node.mjs";
import { claygrounds } from "./contenders/clayground.mjs";
import { NativeApp } from "./contenders/native-app.mjs";
import { answerCalls } from "./stage/answer-calls.mjs";

// A child process of the bench; `stage/node-process.mjs` talks to it.
answerCalls(
  new Agent(
    {
      bare: (url) => new BareNode(url),
      ...claygrounds(Network),
      "native-app": (url) => new NativeApp(url),
    },
    process.argv[2] ?? "",
  ),
);
