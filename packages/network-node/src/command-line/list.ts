import { discoverNetworks } from "@clayground/lan";
import type { DiscoveredNetwork } from "@clayground/lan";
import type { Terminal } from "./terminal.ts";

/** How long a list that is shown once waits for hosts to answer, in milliseconds. */
const ONCE_WITHIN = 2500;

/** Shows the networks of the local network, and each change until the person ends it; or once. */
export async function list(appId: string | undefined, once: boolean, terminal: Terminal): Promise<void> {
  const ended = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ended.abort());
  terminal.unread.addEventListener("abort", () => ended.abort());
  if (!once) terminal.write("Networks on the local network; Ctrl-C ends it.");
  const timer = once ? setTimeout(() => ended.abort(), ONCE_WITHIN) : undefined;
  let last: readonly DiscoveredNetwork[] = [];
  const options = { signal: ended.signal, onProblem: terminal.mistake, ...(appId !== undefined && { appId }) };
  for await (const networks of discoverNetworks(options)) {
    last = networks;
    if (!once) for (const line of ["", ...describe(networks)]) terminal.write(line);
  }
  clearTimeout(timer);
  if (once) for (const line of describe(last)) terminal.write(line);
}

/** The networks as lines of a table. */
function describe(networks: readonly DiscoveredNetwork[]): readonly string[] {
  if (networks.length === 0) return ["  none yet"];
  const width = Math.max(...networks.map(({ code }) => code.length));
  return networks.map(({ code, name, nodeCount, maxNodes, appId }) => {
    const game = appId === "" ? "" : `  [${appId}]`;
    return `  ${code.padEnd(width)}  ${nodeCount} of ${maxNodes}  ${name}${game}`;
  });
}
