import { Agent } from "./agent.ts";
import type { DrivenNetwork, DrivenOptions } from "./agent.ts";
import { watchPage } from "./page-holdings.ts";
import type { Command } from "./protocol.ts";

interface Library {
  Network: new (options: DrivenOptions) => DrivenNetwork;
}

const parameters = new URLSearchParams(location.search);
const minuteTimers = parameters.has("minute-timers");
const watch = watchPage({ minuteTimers });
const { Network } = (await import(parameters.get("library") ?? "/clayground-network.js")) as Library;
const agent = new Agent({
  createNetwork: (options) => new Network(options),
  ...watch,
  release: () => undefined,
});
addEventListener("error", (event) => agent.fault(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => agent.fault(event.reason));
/** What the driver calls. */
const run = async (command: Command): Promise<string> => JSON.stringify(await agent.run(command));
Object.assign(globalThis, { clay: { run } });
