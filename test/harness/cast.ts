import type { TestNode } from "./test-node.ts";

/** The nodes of one test and what else it has started; all end with it. */
export class Cast {
  readonly #nodes: TestNode[] = [];
  readonly #closers: (() => Promise<void>)[] = [];

  add(node: TestNode): TestNode {
    this.#nodes.push(node);
    return node;
  }

  /** Keeps something that the test has started, to be closed after it. */
  async keep<T extends { close(): Promise<void> | void }>(starting: Promise<T> | T): Promise<T> {
    const started = await starting;
    this.#closers.push(async () => started.close());
    return started;
  }

  /** Ends everything; returns the exceptions that reached any application. */
  async close(): Promise<unknown[]> {
    // A node that was killed on purpose has nothing to tell.
    const faults = await Promise.all(this.#nodes.map((node) => node.faults().catch(() => [])));
    await Promise.all(this.#nodes.map((node) => node.dispose()));
    await Promise.all(this.#closers.map((close) => close()));
    return faults.flat();
  }
}
