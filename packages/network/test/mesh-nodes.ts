import type { Network } from "../src/index.ts";
import type { MemoryNetwork } from "../src/testing/index.ts";
import { setup } from "./memory-nodes.ts";

/** A mesh in memory: a host and joiners, who can be connected to each other unless they are `cut`. */
export async function gather(
  names: readonly string[],
  { cut = false, autoRelay = true }: { cut?: boolean; autoRelay?: boolean } = {},
): Promise<{ net: MemoryNetwork; host: Network; code: string; joiners: Network[] }> {
  const { net, node } = setup();
  const host = node("host", { topology: "mesh", autoRelay });
  const code = await net.until(host.host());
  if (cut) for (const a of names) for (const b of names) if (a < b) net.link(a, b, { cut: true });
  const joiners = names.map((name) => node(name));
  for (const joiner of joiners) await net.until(joiner.join(code));
  await net.advance(500);
  return { net, host, code, joiners };
}

/** What a node hears, as `[from, data]`. */
export function record(node: Network): unknown[][] {
  const heard: unknown[][] = [];
  node.on("messageReceived", (from, data) => heard.push([from, data]));
  return heard;
}

/** A node's errors, as `[code, nodeId]`. */
export function errorsOf(node: Network): unknown[] {
  const errors: unknown[] = [];
  node.on("errorOccurred", (_message, { code, details }) => errors.push([code, details.nodeId]));
  return errors;
}

/** How a node is connected to each of the others, in their order. */
export const pathsOf = (node: Network): string[] => Object.values(node.peerStats).map(({ path }) => path);

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
