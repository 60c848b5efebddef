import type { ScenarioContext } from "./scenario.ts";

/** Settings of a test node; what is left out keeps the library's default. */
export interface TestNodeOptions {
  readonly maxNodes?: number;
  readonly autoRelay?: boolean;
  readonly topology?: "star" | "mesh";
  readonly connectionTimeout?: number;
  readonly maxMessageSize?: number;
}

/** What a test node says of itself. */
export interface TestNodeSnapshot {
  readonly networkId: string;
  readonly nodeId: string;
  readonly isHost: boolean;
  readonly connected: boolean;
  readonly status: string;
  readonly nodeCount: number;
  readonly nodes: readonly string[];
}

/** The signals that a test node records. */
export type TestEventName =
  | "networkCreated"
  | "nodeJoined"
  | "nodeLeft"
  | "messageReceived"
  | "messageProgress"
  | "stateReceived"
  | "errorOccurred"
  | "connectionTimedOut"
  | "statusChanged";

/** One signal with its arguments; of an error that crossed a process at least `code` is there. */
export interface TestEvent {
  readonly name: TestEventName;
  readonly args: readonly unknown[];
}

/** One node of a topology test: in this process, in another one, or in a browser's page. */
export interface TestNode {
  readonly name: string;
  /** Everything that it heard, in order. */
  readonly events: readonly TestEvent[];
  /** Returns the code. Rejects with an error that has a `code`. */
  host(options?: TestNodeOptions): Promise<string>;
  /** Rejects with an error that has a `code`. */
  join(code: string, options?: TestNodeOptions): Promise<void>;
  leave(): Promise<void>;
  broadcast(data: unknown): Promise<void>;
  broadcastState(data: unknown): Promise<void>;
  sendTo(nodeId: string, data: unknown): Promise<void>;
  /** Says it to one node, or to all (`undefined`), and waits until it has arrived, as the network's own promise tells. */
  deliver(nodeId: string | undefined, data: unknown): Promise<void>;
  /** Its program dies without a word. Nothing is asked of it any more. */
  kill(): Promise<void>;
  snapshot(): Promise<TestNodeSnapshot>;
  /** The first event of this name, past or to come, for whose arguments `predicate` holds. */
  waitFor(name: TestEventName, predicate?: (...args: readonly unknown[]) => boolean): Promise<readonly unknown[]>;
}

/** What the scenarios of a topology run in. */
export interface TopologyContext extends ScenarioContext {
  /** @default "star" */
  readonly topology?: "star" | "mesh";
  /** Whether `kill()` can be done to its nodes; off, what needs it is not tested. @default true */
  readonly canKill?: boolean;
  /** A new node on a machine of its own. All of them are closed with the context. */
  node(name: string): Promise<TestNode> | TestNode;
}

/** Keeps events and wakes who waits for them: what an implementation of {@link TestNode} needs. */
export class EventRecorder {
  readonly #events: TestEvent[] = [];
  readonly #waiters = new Set<(event: TestEvent) => void>();

  /** Everything that was recorded, in order. */
  get events(): readonly TestEvent[] {
    return this.#events;
  }

  /** Adds an event, and settles the promises that wait for it. */
  record(name: TestEventName, args: readonly unknown[]): void {
    const event = { name, args };
    this.#events.push(event);
    for (const waiter of [...this.#waiters]) waiter(event);
  }

  /** As {@link TestNode.waitFor}. */
  waitFor(
    name: TestEventName,
    predicate: (...args: readonly unknown[]) => boolean = () => true,
  ): Promise<readonly unknown[]> {
    const fits = (event: TestEvent): boolean => event.name === name && predicate(...event.args);
    const past = this.#events.find(fits);
    if (past) return Promise.resolve(past.args);
    return new Promise((resolve) => {
      const waiter = (event: TestEvent): void => {
        if (!fits(event)) return;
        this.#waiters.delete(waiter);
        resolve(event.args);
      };
      this.#waiters.add(waiter);
    });
  }
}
