import { Agent } from "./agent.ts";
import type { DrivenNetwork } from "./agent.ts";
import { watchPage } from "./page-holdings.ts";
import type { AgentOptions, Command } from "./protocol.ts";

interface Library {
  Network: new (options: AgentOptions & { iceServers: [] }) => DrivenNetwork;
}

const minuteTimers = new URLSearchParams(location.search).has("minute-timers");
const watch = watchPage({ minuteTimers });
const { Network } = (await import(String("/clayground-network.js"))) as Library;
const agent = new Agent({
  createNetwork: (options) => new Network({ ...options, iceServers: [] }),
  ...watch,
  release: () => undefined,
});
addEventListener("error", (event) => agent.fault(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => agent.fault(event.reason));
/** What the driver calls. */
const run = async (command: Command): Promise<string> => JSON.stringify(await agent.run(command));
Object.assign(globalThis, { clay: { run } });
