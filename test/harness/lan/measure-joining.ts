import type { TestNode } from "../test-node.ts";
import type { AgentOptions } from "../test-node.ts";

/** One joiner that comes and goes. */
export interface Joining {
  host: TestNode;
  joiner: TestNode;
  /** The code of the host's network, which is up. */
  code: string;
  /** What is set on the joiner. The host's are its own. */
  options?: AgentOptions;
  rounds: number;
}

/** Milliseconds from `join()` until each side counts the other, for each round. The first one also loads what is loaded late. */
export async function measureJoining({ host, joiner, code, options = {}, rounds }: Joining): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    await joiner.join(code, options);
    await host.waitFor({ property: "nodeCount", is: 2 });
    times.push(performance.now() - started);
    await joiner.leave();
    await host.waitFor({ property: "nodeCount", is: 1 });
  }
  return times;
}
