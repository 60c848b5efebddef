import { realTime } from "@clayground/network/testing";
import type {
  TestEvent,
  TestEventName,
  TestNode as SuiteNode,
  TestNodeOptions,
  TopologyContext,
} from "@clayground/network/testing";
import type { Scene } from "./scene.ts";
import type { NodeKind, RecordedEvent, TestNode } from "./test-node.ts";

/** A pause between two sendings, after which nobody looks at events. */
const SHORT_SLEEP_MS = 100;

/** A remote node as the library's own acceptance suites want it, with its events at hand. */
class AcceptanceNode implements SuiteNode {
  readonly name: string;
  readonly #node: TestNode;
  #events: RecordedEvent[] = [];
  #isDead = false;

  constructor(name: string, node: TestNode) {
    this.name = `${name} (${node.kind})`;
    this.#node = node;
  }

  get events(): readonly TestEvent[] {
    return this.#events.flatMap(({ name, args }) =>
      name === "fault" || name === "diagnosticMessage" || name === "networkIdChanged" ? [] : [{ name, args }],
    );
  }

  /** Fetches what has happened since the last time. */
  async refresh(): Promise<void> {
    if (this.#isDead) return;
    const known = this.#events.length;
    const news = await this.#node.events(known);
    // Of two fetches at the same time each brings the same news.
    if (this.#events.length === known) this.#events.push(...news);
  }

  host(options: TestNodeOptions = {}): Promise<string> {
    return this.#node.host(options);
  }

  join(code: string, options: TestNodeOptions = {}): Promise<void> {
    return this.#node.join(code, options);
  }

  leave(): Promise<void> {
    return this.#node.leave();
  }

  broadcast(data: unknown): Promise<void> {
    return this.#node.broadcast(data);
  }

  broadcastState(data: unknown): Promise<void> {
    return this.#node.broadcastState(data);
  }

  sendTo(nodeId: string, data: unknown): Promise<void> {
    return this.#node.sendTo(nodeId, data);
  }

  deliver(nodeId: string | undefined, data: unknown): Promise<void> {
    return this.#node.deliver(nodeId, data);
  }

  kill(): Promise<void> {
    this.#isDead = true;
    return this.#node.kill();
  }

  async snapshot(): ReturnType<SuiteNode["snapshot"]> {
    const snapshot = await this.#node.snapshot();
    await this.refresh();
    return snapshot;
  }

  async waitFor(
    name: TestEventName,
    predicate: (...args: readonly unknown[]) => boolean = () => true,
  ): Promise<readonly unknown[]> {
    for (;;) {
      await this.refresh();
      const found = this.#events.find((event) => event.name === name && predicate(...event.args));
      if (found) return found.args;
      // The suite has limits of its own.
      await this.#node.waitFor({ event: name, since: this.#events.length }, 60_000);
    }
  }
}

/**
 * What the topology suite runs in: real nodes in real time. The host is of the first kind; bob, carol,
 * dave and so on are of the others in turn. Who may be `killed` has a browser of its own.
 */
export function acceptanceContext(
  scene: Pick<Scene, "node" | "doomed">,
  [hostKind, ...joinerKinds]: readonly [NodeKind, ...NodeKind[]],
  killed: readonly string[],
  topology: "star" | "mesh" = "star",
): TopologyContext {
  const nodes: AcceptanceNode[] = [];
  let joiners = 0;
  const time = realTime();
  /** The suite reads events without waiting: so they are fetched whenever it has waited. */
  const thenRefresh = async <T>(waiting: Promise<T>): Promise<T> => {
    try {
      return await waiting;
    } finally {
      await Promise.all(nodes.map((node) => node.refresh()));
    }
  };
  return {
    topology,
    now: () => time.now(),
    until: (promise, limitMs) => thenRefresh(time.until(promise, limitMs)),
    sleep: (ms) => (ms < SHORT_SLEEP_MS ? time.sleep(ms) : thenRefresh(time.sleep(ms))),
    node: async (name) => {
      const kind = name === "host" ? hostKind : (joinerKinds[joiners++ % joinerKinds.length] ?? "node");
      const node = new AcceptanceNode(name, await (killed.includes(name) ? scene.doomed(kind) : scene.node(kind)));
      nodes.push(node);
      return node;
    },
  };
}
