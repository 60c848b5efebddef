import type { LanHost } from "./lan-host.ts";

/** Two machines of one segment between which every packet vanishes, both ways, without a word, as in a firewall. */
export interface Barrier {
  /** Lets them reach each other again. */
  lift(): Promise<void>;
}

/**
 * Everybody else still reaches both. Each believes that the other has a hardware address that nobody has, so that the bridge
 * floods what is sent there and nobody takes it: that needs no program which `createLan` does not.
 */
export async function raiseBarrier(one: LanHost, other: LanHost): Promise<Barrier> {
  const both = (script: (address: string) => string): Promise<unknown> =>
    Promise.all([one.run(script(other.address())), other.run(script(one.address()))]);
  await both((address) => `ip neigh replace ${address} lladdr 02:00:00:00:00:01 dev eth0 nud permanent`);
  return {
    lift: async () => {
      await both((address) => `ip neigh del ${address} dev eth0`);
    },
  };
}
