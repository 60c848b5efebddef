import { check, isSame, rejection, same } from "./check.ts";
import type { Scenario } from "./scenario.ts";
import type { TestEvent, TestEventName, TestNode, TestNodeOptions, TopologyContext } from "./test-node.ts";

/** The nodes of one scenario, with the waiting that they need. */
export class Party {
  readonly #context: TopologyContext;

  constructor(context: TopologyContext) {
    this.#context = context;
  }

  get canKill(): boolean {
    return this.#context.canKill ?? true;
  }

  get topology(): "star" | "mesh" {
    return this.#context.topology ?? "star";
  }

  now(): number {
    return this.#context.now();
  }

  sleep(ms: number): Promise<void> {
    return this.#context.sleep(ms);
  }

  until<T>(promise: PromiseLike<T>, limitMs?: number): Promise<T> {
    return this.#context.until(promise, limitMs);
  }

  async node(name: string): Promise<TestNode> {
    return this.#context.node(name);
  }

  /** A node that hosts, its code, and its id. */
  async host(options: TestNodeOptions = {}): Promise<{ host: TestNode; code: string; hostId: string }> {
    const host = await this.node("host");
    const { topology } = this.#context;
    const code = await this.until(host.host({ ...(topology && { topology }), ...options }));
    return { host, code, hostId: (await host.snapshot()).nodeId };
  }

  /** A new node that has joined, and that the host knows of. */
  async joiner(name: string, code: string): Promise<TestNode> {
    const node = await this.node(name);
    await this.join(node, code);
    return node;
  }

  async join(node: TestNode, code: string): Promise<void> {
    await this.until(this.joining(node, code));
  }

  /** The promise of `join()` itself. */
  joining(node: TestNode, code: string): Promise<void> {
    const { topology } = this.#context;
    return node.join(code, topology && { topology });
  }

  /** A host and joiners that all know of each other, in joining order. */
  async gather(
    names: readonly string[],
    options: TestNodeOptions = {},
  ): Promise<{ host: TestNode; code: string; hostId: string; joiners: TestNode[] }> {
    const { host, code, hostId } = await this.host(options);
    const joiners: TestNode[] = [];
    for (const name of names) joiners.push(await this.joiner(name, code));
    await this.eventually(async () => {
      for (const node of [host, ...joiners]) if ((await node.snapshot()).nodeCount !== joiners.length + 1) return false;
      return true;
    }, "not everybody knows everybody");
    return { host, code, hostId, joiners };
  }

  idOf(node: TestNode): Promise<string> {
    return node.snapshot().then(({ nodeId }) => nodeId);
  }

  /** Waits for an event, and fails with a sentence that says who waited for what. */
  async sees(
    node: TestNode,
    name: TestEventName,
    fits?: (...args: readonly unknown[]) => boolean,
    limitMs?: number,
  ): Promise<readonly unknown[]> {
    try {
      return await this.until(node.waitFor(name, fits), limitMs);
    } catch (error) {
      const seen = node.events
        .map((event) => event.name)
        .slice(-20)
        .join(", ");
      throw new Error(`${node.name} did not see ${name}; it saw ${seen}`, { cause: error });
    }
  }

  /** Waits until a condition holds. */
  async eventually(holds: () => Promise<boolean>, sentence: string, limitMs = 10_000): Promise<void> {
    const end = this.now() + limitMs;
    while (!(await holds())) {
      check(this.now() < end, `${sentence} within ${limitMs} ms`);
      await this.sleep(20);
    }
  }

  /** Waits until the node has heard this message from that node. */
  async hears(node: TestNode, from: string, data: unknown): Promise<void> {
    await this.sees(node, "messageReceived", (origin, received) => origin === from && isSame(received, data));
  }

  /** Fails unless the promise rejects with this code. */
  async rejectsWith(code: string, promise: PromiseLike<unknown>, limitMs?: number): Promise<void> {
    const error = await rejection(this.until(promise, limitMs), `what should end in ${code}`);
    const actual = typeof error === "object" && error !== null && "code" in error ? error.code : String(error);
    same(actual, code, "error code");
  }
}

/** The arguments of all events of this name, in order. */
export function heard(node: TestNode, name: TestEventName): readonly (readonly unknown[])[] {
  return node.events.filter((event: TestEvent) => event.name === name).map(({ args }) => args);
}

/** The messages from one node, in order. */
export function messagesFrom(node: TestNode, from: string): readonly unknown[] {
  return heard(node, "messageReceived")
    .filter(([origin]) => origin === from)
    .map(([, data]) => data);
}

export function story(name: string, body: (party: Party) => Promise<void>): Scenario<TopologyContext> {
  return { name, run: (context) => body(new Party(context)) };
}
