import { createInterface } from "node:readline";
import { toTerminalLine } from "@clayground/lan";
import { isNetworkError } from "@clayground/network";
import { Network } from "../network.ts";
import type { HostCommandOptions } from "./arguments.ts";
import { Chat, MAX_NAME } from "./chat.ts";
import type { CommonOptions } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** Hosts a network until the person leaves; resolves with the exit code. */
export function playAsHost({ serve, name, ...options }: HostCommandOptions, terminal: Terminal): Promise<number> {
  const lanName = name === undefined ? undefined : `${toTerminalLine(name, MAX_NAME)}'s network`;
  const network = new Network({ ...options, ...(lanName !== undefined && { lanName }) });
  return play(network, name, terminal, async () => {
    const code = await network.host(serve === undefined ? {} : { serve });
    const signaling = options.signalingUrl === "" ? "" : ` --signaling ${options.signalingUrl}`;
    terminal.write(`Hosting ${code}. Others join with\n\n  npx clayground-play join ${code}${signaling}\n`);
    network.on("networkIdChanged", (changed) => {
      if (changed !== "") terminal.write(`* The code is now ${changed}`);
    });
  });
}

/** Joins a network until the person leaves or it ends; resolves with the exit code. */
export function playAsJoiner(code: string, { name, signalingUrl }: CommonOptions, terminal: Terminal): Promise<number> {
  const network = new Network({ signalingUrl });
  return play(network, name, terminal, async () => {
    terminal.write(`Joining ${toTerminalLine(code, 64)} …`);
    await network.join(code);
    if (network.connected) terminal.write(`You are in, as ${network.nodeId}.`);
  });
}

async function play(
  network: Network,
  name: string | undefined,
  terminal: Terminal,
  enter: () => Promise<void>,
): Promise<number> {
  const chat = new Chat(network, name, (line) => terminal.write(line));
  // What ends the network is told at its end; what does not, when it happens.
  network.on("errorOccurred", (_message, error) => {
    if (network.connected && error.code !== "lan-moved") terminal.error(error);
  });
  const interrupted = new AbortController();
  const leave = (): void => interrupted.abort();
  // The last one: the window was closed.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, leave);
  // From now on: a host may send somebody away in the moment in which he is in.
  const ended = over(network);
  ended.catch(() => {});
  try {
    await Promise.race([enter(), aborted(interrupted.signal)]);
    if (!interrupted.signal.aborted) {
      terminal.write("Type a line to say something; /who shows who is there, /quit leaves.");
      await Promise.race([typing(chat), ended, aborted(interrupted.signal)]);
    }
    return 0;
  } catch (error) {
    if (!isNetworkError(error)) throw error;
    terminal.error(error);
    return 1;
  } finally {
    network.leave();
    process.stdin.destroy();
  }
}

/** Resolves when the person has said good-bye, or ends the input after having said something. */
async function typing(chat: Chat): Promise<void> {
  let hasTyped = process.stdin.isTTY;
  for await (const line of createInterface({ input: process.stdin })) {
    hasTyped = true;
    if (!chat.typed(line)) return;
  }
  // A service has no input at all, and goes on.
  if (!hasTyped) await new Promise<never>(() => {});
}

/** Resolves when the host has left, rejects when the network broke. */
function over(network: Network): Promise<void> {
  return new Promise((resolve, reject) => {
    network.on("statusChanged", (status) => status === "disconnected" && resolve());
    network.on("errorOccurred", (_message, error) => {
      if (network.status === "error") reject(error);
    });
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
