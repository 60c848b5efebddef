import { createInterface } from "node:readline";
import type { DiscoveredNetwork } from "@clayground/network-node";
import { compiledAgent } from "../compile-agent.ts";
import { PATIENCE_MS, within } from "../test-node.ts";
import type { LanHost } from "./lan-host.ts";

/** Somebody on a host who watches which networks there are on the LAN. */
export class Discoverer {
  #networks: readonly DiscoveredNetwork[] | undefined;
  #wake = new Set<() => void>();

  /** @param appId only this game's */
  constructor(host: LanHost, appId?: string) {
    const args = [compiledAgent("discoverer.js"), ...(appId === undefined ? [] : [appId])];
    const child = host.spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    createInterface(child.stdout!).on("line", (line) => {
      this.#networks = JSON.parse(line) as DiscoveredNetwork[];
      for (const wake of this.#wake) wake();
    });
  }

  /** Waits until the list is such. */
  async sees(
    condition: (networks: readonly DiscoveredNetwork[]) => boolean,
    timeoutMs: number = PATIENCE_MS,
  ): Promise<readonly DiscoveredNetwork[]> {
    let look = (): void => {};
    const met = new Promise<readonly DiscoveredNetwork[]>((resolve) => {
      look = () => {
        if (this.#networks && condition(this.#networks)) resolve(this.#networks);
      };
      this.#wake.add(look);
      look();
    });
    const list = await within(met, timeoutMs, () => `the list is ${JSON.stringify(this.#networks)}`);
    this.#wake.delete(look);
    return list;
  }

  /** Waits until a network of this name is there, and such. */
  async finds(name: string, like: Partial<DiscoveredNetwork> = {}): Promise<DiscoveredNetwork> {
    const isIt = (network: DiscoveredNetwork): boolean =>
      network.name === name &&
      Object.entries(like).every(([key, value]) => network[key as keyof DiscoveredNetwork] === value);
    const found = (await this.sees((networks) => networks.some(isIt))).find(isIt);
    if (!found) throw new Error("unreachable");
    return found;
  }

  /** Waits until no network has this name. */
  async misses(name: string, timeoutMs?: number): Promise<void> {
    await this.sees((networks) => networks.every((network) => network.name !== name), timeoutMs);
  }
}
