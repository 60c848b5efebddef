import { expect } from "vitest";
import { Scene } from "./scene.ts";
import type { AgentOptions, NodeKind, TestNode } from "./test-node.ts";

/**
 * Nodes that take part in one test after the other, each time with a new `Network` and an empty log: to start a page or a
 * process costs a quarter of a second of a core. For tests that measure nothing of the page or the process itself.
 */
export class Ensemble {
  readonly #idle = new Map<NodeKind, TestNode[]>();
  #home: Scene | undefined;

  /** A node for one test, which `scene` gives back when it ends: no exception may have reached the application until then. */
  async node(scene: Scene, kind: NodeKind, options: AgentOptions = {}): Promise<TestNode> {
    const home = (this.#home ??= new Scene(scene.stage));
    const idle = this.#idle.get(kind) ?? [];
    this.#idle.set(kind, idle);
    const node = idle.pop() ?? (await home.node(kind));
    await node.renew({ signalingUrl: scene.signalingUrl, ...options });
    await scene.keep({
      close: async () => {
        await node.renew();
        expect(await node.faults(), "exceptions that reached an application").toEqual([]);
        idle.push(node);
      },
    });
    return node;
  }

  nodes(scene: Scene, kinds: readonly NodeKind[], options: AgentOptions = {}): Promise<TestNode[]> {
    return Promise.all(kinds.map((kind) => this.node(scene, kind, options)));
  }

  async close(): Promise<void> {
    expect((await this.#home?.close()) ?? [], "exceptions after a test").toEqual([]);
  }
}
