import { EventRecorder } from "./test-node.ts";
import type { TestEvent, TestEventName, TestNode, TestNodeOptions, TestNodeSnapshot } from "./test-node.ts";

/** The members of `Network` that a test node uses; a `Network` of any platform fits. */
export interface TestableNetwork {
  topology: "star" | "mesh";
  maxNodes: number;
  autoRelay: boolean;
  connectionTimeout: number;
  maxMessageSize: number;
  host(): Promise<string>;
  join(code: string): Promise<void>;
  leave(): void;
  broadcast(data: unknown): PromiseLike<void>;
  broadcastState(data: unknown): void;
  sendTo(nodeId: string, data: unknown): PromiseLike<void>;
  on(name: TestEventName, listener: (...args: readonly unknown[]) => void): () => void;
  snapshot(): TestNodeSnapshot;
}

const RECORDED: readonly TestEventName[] = [
  "networkCreated",
  "nodeJoined",
  "nodeLeft",
  "messageReceived",
  "messageProgress",
  "stateReceived",
  "errorOccurred",
  "connectionTimedOut",
  "statusChanged",
];

/** A `Network` in this process as a {@link TestNode}. */
export class NetworkTestNode implements TestNode {
  readonly name: string;
  readonly #network: TestableNetwork;
  readonly #kill: () => Promise<void> | void;
  readonly #recorder = new EventRecorder();

  /** @param how `name` for messages, and `kill`, which ends the machine that it runs on */
  constructor(network: TestableNetwork, how: { readonly name: string; readonly kill: () => Promise<void> | void }) {
    this.name = how.name;
    this.#network = network;
    this.#kill = how.kill;
    for (const name of RECORDED) network.on(name, (...args) => this.#recorder.record(name, args));
  }

  get events(): readonly TestEvent[] {
    return this.#recorder.events;
  }

  async host(options: TestNodeOptions = {}): Promise<string> {
    Object.assign(this.#network, options);
    return this.#network.host();
  }

  async join(code: string, options: TestNodeOptions = {}): Promise<void> {
    Object.assign(this.#network, options);
    return this.#network.join(code);
  }

  async leave(): Promise<void> {
    this.#network.leave();
  }

  async broadcast(data: unknown): Promise<void> {
    void this.#network.broadcast(data);
  }

  async broadcastState(data: unknown): Promise<void> {
    this.#network.broadcastState(data);
  }

  async sendTo(nodeId: string, data: unknown): Promise<void> {
    void this.#network.sendTo(nodeId, data);
  }

  async deliver(nodeId: string | undefined, data: unknown): Promise<void> {
    await (nodeId === undefined ? this.#network.broadcast(data) : this.#network.sendTo(nodeId, data));
  }

  async kill(): Promise<void> {
    await this.#kill();
  }

  async snapshot(): Promise<TestNodeSnapshot> {
    return this.#network.snapshot();
  }

  waitFor(name: TestEventName, predicate?: (...args: readonly unknown[]) => boolean): Promise<readonly unknown[]> {
    return this.#recorder.waitFor(name, predicate);
  }
}
