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
    const settings = { signalingUrl: scene.signalingUrl, ...options };
    const rested = idle.pop();
    const node = rested && (await isRenewed(rested, settings)) ? rested : await home.node(kind);
    if (node !== rested) await node.renew(settings);
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

/**
 * Whether a node that has rested is still there. Once in 300 tests a process of Node with libdatachannel was not, in silence,
 * after a test that had ended well: what the next test says of another node would tell nothing about that.
 */
async function isRenewed(node: TestNode, settings: AgentOptions): Promise<boolean> {
  try {
    await node.renew(settings);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "Gone") throw error;
    // For whoever looks for the reason.
    console.warn(`!! a ${node.kind} node ended while nobody used it: ${error.message}`);
    return false;
  }
}
