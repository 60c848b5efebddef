import type { TestNode } from "./test-node.ts";

/** Once all are there, everybody tells everybody something, as a message and as a state. */
export async function talk(nodes: readonly TestNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.waitFor({ property: "nodeCount", is: nodes.length })));
  for (const node of nodes) {
    const id = await node.id();
    await node.broadcast({ from: id });
    await node.broadcastState({ x: 0.5, from: id });
    for (const other of nodes) {
      if (other === node) continue;
      await other.waitFor({ event: "messageReceived", args: [id, { from: id }] });
      await other.waitFor({ event: "stateReceived", args: [id, { x: 0.5, from: id }] });
    }
  }
}
