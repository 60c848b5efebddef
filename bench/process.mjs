import { Network } from "@clayground/network-node";
import { Agent } from "./agent/agent.mjs";
import { BareNode } from "./contenders/bare-node.mjs";
import { claygrounds } from "./contenders/clayground.mjs";
import { NativeApp } from "./contenders/native-app.mjs";
import { answerCalls } from "./stage/answer-calls.mjs";

const KIB = 1024;

/** What is advised where others wait behind it. */
const POLITE = { chunk: 16 * KIB, backlog: 256 * KIB };

// A child process of the bench; `stage/node-process.mjs` talks to it.
answerCalls(
  new Agent(
    {
      bare: (url) => new BareNode(url),
      "bare 16 KiB": (url) => new BareNode(url, { chunk: 16 * KIB }),
      "bare 64 KiB": (url) => new BareNode(url, { chunk: 64 * KIB }),
      "bare 256 KiB": (url) => new BareNode(url, { chunk: 256 * KIB }),
      "bare, one channel": (url) => new BareNode(url, POLITE),
      "bare, two channels": (url) => new BareNode(url, { ...POLITE, hasBulkChannel: true }),
      "bare, decoding": (url) => new BareNode(url, { relay: "decoded" }),
      "bare, decoding for each": (url) => new BareNode(url, { relay: "decoded for each" }),
      ...claygrounds(Network),
      "native-app": (url) => new NativeApp(url),
    },
    process.argv[2] ?? "",
  ),
);
