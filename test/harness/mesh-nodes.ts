import { expect } from "vitest";
import type { RecordedEvent, TestNode } from "./test-node.ts";

/** Waits until all are connected to all, and checks that all agree on who is in, in which order. Resolves with their ids. */
export async function allDirect(nodes: readonly TestNode[]): Promise<string[]> {
  const [host] = nodes;
  await Promise.all(
    nodes.map((node) =>
      pathsAre(
        node,
        nodes.slice(1).map(() => "direct"),
      ),
    ),
  );
  const snapshots = await Promise.all(nodes.map((node) => node.snapshot()));
  const inOrder = [snapshots[0]!.nodeId, ...snapshots[0]!.nodes];
  for (const { nodeId, nodes: others } of snapshots) {
    expect(others, `who is in, as seen by ${nodeId} (host: ${host!.kind})`).toEqual(
      inOrder.filter((id) => id !== nodeId),
    );
  }
  return snapshots.map(({ nodeId }) => nodeId);
}

/** Waits until a node reaches the others so, in the order of its `nodes`: the host first. */
export async function pathsAre(
  node: TestNode,
  paths: readonly ("direct" | "via-host")[],
  timeoutMs?: number,
): Promise<void> {
  await node.waitFor({ property: "paths", is: paths }, timeoutMs);
}

/** What a node got from another in messages, in order. */
export function messagesFrom(events: readonly RecordedEvent[], id: string): unknown[] {
  return events.filter(({ name, args }) => name === "messageReceived" && args[0] === id).map(({ args }) => args[1]);
}

/** The nodes of which a node was told by such an event, in order. */
export function idsIn(events: readonly RecordedEvent[], name: "nodeJoined" | "nodeLeft"): string[] {
  return events.filter((event) => event.name === name).map(({ args }) => String(args[0]));
}
