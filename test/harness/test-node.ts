import type { PeerStats } from "@clayground/network-node";
import type {
  AgentOptions,
  Answer,
  Command,
  Condition,
  Holdings,
  Memory,
  Play,
  Played,
  RecordedEvent,
  RemoteFailure,
} from "./agent/protocol.ts";
import { unwrapBytes, wrapBytes } from "./agent/payload.ts";

export type {
  AgentOptions,
  Condition,
  Holdings,
  Memory,
  Play,
  Played,
  RecordedEvent,
  RemoteFailure,
} from "./agent/protocol.ts";

/** A runtime that a node lives in. */
export type NodeKind = "chromium" | "firefox" | "node";

/** The members of `Network.snapshot()` that tests read. */
export interface Snapshot {
  networkId: string;
  nodeId: string;
  isHost: boolean;
  connected: boolean;
  status: string;
  nodeCount: number;
  nodes: string[];
  connectionPhase: string;
  peerStats: Record<string, PeerStats>;
}

/** Unless a test says otherwise: long enough for a loaded machine, short enough to fail in time. */
export const PATIENCE_MS = 15_000;

/** How a driver reaches one agent. Both reject when the agent is gone. */
export interface AgentLine {
  send(command: Command): Promise<Answer>;
  /** Ends the node without any farewell: SIGKILL for a process, a crash for a tab. */
  kill(): Promise<void>;
  /** Ends it at the end of a test, whatever its state. */
  dispose(): Promise<void>;
}

/** A failure inside a remote node, with the members of its `NetworkError`. */
export class RemoteError extends Error {
  readonly code: string | undefined;
  readonly hint: string | undefined;

  constructor(failure: RemoteFailure) {
    super(failure.message);
    this.name = failure.name;
    this.code = failure.code;
    this.hint = failure.hint;
  }
}

/** One node under remote control, the same for every kind of runtime. */
export class TestNode {
  readonly kind: NodeKind;
  readonly #line: AgentLine;
  #options: AgentOptions;

  constructor(kind: NodeKind, line: AgentLine, options: AgentOptions) {
    this.kind = kind;
    this.#line = line;
    this.#options = options;
  }

  /** Resolves with the code; `options` are set on the same `Network` before each attempt. In LAN mode a folder to `serve`. */
  async host(options: AgentOptions = {}, serve?: string): Promise<string> {
    const command: Command = { do: "host", options: { ...this.#options, ...options } };
    return String(await this.#ask(serve === undefined ? command : { ...command, serve }));
  }

  async join(code: string | readonly string[], options: AgentOptions = {}): Promise<void> {
    await this.#ask({ do: "join", code, options: { ...this.#options, ...options } });
  }

  /** Aborts the signal of the attempt under way. */
  async abort(): Promise<void> {
    await this.#ask({ do: "abort" });
  }

  async leave(): Promise<void> {
    await this.#ask({ do: "leave" });
  }

  /** Leaves, and is as a node that has just been started, with these options. */
  async renew(options: AgentOptions = {}): Promise<void> {
    await this.#ask({ do: "renew" });
    this.#options = options;
  }

  async broadcast(data: unknown): Promise<void> {
    await this.#ask({ do: "broadcast", data: wrapBytes(data) });
  }

  async broadcastState(data: unknown): Promise<void> {
    await this.#ask({ do: "broadcastState", data: wrapBytes(data) });
  }

  async sendTo(id: string, data: unknown): Promise<void> {
    await this.#ask({ do: "sendTo", id, data: wrapBytes(data) });
  }

  /** Says it to one node, or to all, and waits until it has arrived. */
  async deliver(id: string | undefined, data: unknown): Promise<void> {
    await this.#ask({ do: "deliver", ...(id !== undefined && { id }), data: wrapBytes(data) });
  }

  /** Sends so many messages of `madeBytes` (seeds from 0), each after the one before has arrived, with a pause in the middle. */
  async pour(id: string, count: number, size: number, pauseMs: number): Promise<void> {
    await this.#ask({ do: "pour", id, count, size, pauseMs });
  }

  async snapshot(): Promise<Snapshot> {
    return (await this.#ask({ do: "snapshot" })) as Snapshot;
  }

  async id(): Promise<string> {
    return (await this.snapshot()).nodeId;
  }

  /** All events from `since` on, in the order in which they came. */
  async events(since = 0): Promise<RecordedEvent[]> {
    return unwrapBytes(await this.#ask({ do: "events", since })) as RecordedEvent[];
  }

  /** Waits until the condition holds, also when it has held since earlier; null when it is not one event. */
  async waitFor(condition: Condition, timeoutMs: number = PATIENCE_MS): Promise<RecordedEvent | null> {
    const met = this.#ask({ do: "waitFor", condition: wrapBytes(condition) as Condition });
    const value = await within(met, timeoutMs, async () => {
      const [snapshot, events] = await Promise.all([this.snapshot(), this.events()]);
      const last = events.slice(-12).map(({ name, args }) => `${name}(${JSON.stringify(args).slice(1, -1)})`);
      return `a ${this.kind} node did not reach ${JSON.stringify(condition)}: it is ${JSON.stringify(snapshot)} after ${last.join(", ")}`;
    });
    return unwrapBytes(value) as RecordedEvent | null;
  }

  /** Sends states and messages at a steady pace; resolves with their numbers when the time is over. */
  async play(play: Play): Promise<Played> {
    return (await this.#ask({ do: "play", play })) as Played;
  }

  async holdings(): Promise<Holdings> {
    return (await this.#ask({ do: "holdings" })) as Holdings;
  }

  /** Waits until nothing is open any more: closing a socket takes a moment. */
  async holdsNothing(when: string, timeoutMs = 3000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let held = "";
    do {
      const { others, ...counts } = await this.holdings();
      if (others.length === 0 && Object.values(counts).every((count) => count === 0)) return;
      held = JSON.stringify({ ...counts, others });
    } while (performance.now() < deadline);
    throw new Error(`a ${this.kind} node still holds ${held} ${when}`);
  }

  async memory(): Promise<Memory> {
    return (await this.#ask({ do: "memory" })) as Memory;
  }

  /** Exceptions that reached the application: always to be empty. */
  async faults(): Promise<RecordedEvent[]> {
    return (await this.events()).filter(({ name }) => name === "fault");
  }

  kill(): Promise<void> {
    return this.#line.kill();
  }

  dispose(): Promise<void> {
    return this.#line.dispose();
  }

  async #ask(command: Command): Promise<unknown> {
    const answer = await this.#line.send(command);
    if (!answer.ok) throw new RemoteError(answer.error);
    return answer.value;
  }
}

/** `promise`, or an error with the explanation when it takes longer than `timeoutMs`. */
export async function within<T>(
  promise: Promise<T>,
  timeoutMs: number,
  explain: () => Promise<string> | string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), timeoutMs);
  });
  const guarded = promise.then((value) => ({ value }));
  const first = await Promise.race([guarded, late]).finally(() => clearTimeout(timer));
  if (first !== "late") return first.value;
  guarded.catch(() => undefined);
  throw new Error(`not within ${timeoutMs} ms: ${await explain()}`);
}
