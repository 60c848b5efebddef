import type { NetworkSnapshot } from "@clayground/network-node";
import { EventLog } from "./event-log.ts";
import { madeBytes } from "./made-bytes.ts";
import { unwrapBytes, wrapBytes } from "./payload.ts";
import { RECORDED_EVENTS } from "./protocol.ts";
import type { AgentOptions, Answer, Command, Holdings, Memory, Play, Played, RemoteFailure } from "./protocol.ts";

/** The part of `Network` that the agent drives. */
export interface DrivenNetwork {
  host(options: { signal: AbortSignal; serve?: string }): Promise<string>;
  join(code: string | readonly string[], options: { signal: AbortSignal }): Promise<unknown>;
  leave(): void;
  broadcast(data: unknown): PromiseLike<void>;
  broadcastState(data: unknown): void;
  sendTo(id: string, data: unknown): PromiseLike<void>;
  on(name: string, listener: (...args: unknown[]) => void): () => void;
  snapshot(): Pick<NetworkSnapshot, "nodes" | "peerStats">;
  readonly peerStats: NetworkSnapshot["peerStats"];
}

/** Options as `Network` takes them. */
export type DrivenOptions = Omit<AgentOptions, "iceServers"> & {
  iceServers?: Exclude<AgentOptions["iceServers"], "default" | undefined>;
};

/** What the agent needs from its runtime. */
export interface Surroundings {
  createNetwork(options: DrivenOptions): DrivenNetwork;
  holdings(): Holdings;
  memory(): Promise<Omit<Memory, "prototypePolluted">>;
  /** Lets go of whatever the agent itself keeps alive. */
  release(): void;
}

/** One `Network` under remote control; the same code in a page and in a Node process. */
export class Agent {
  readonly #surroundings: Surroundings;
  #log = this.#emptyLog();
  #network: DrivenNetwork | undefined;
  #attempt = new AbortController();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** An exception that reached the application, where none ever should. */
  fault(error: unknown): void {
    this.#log.record("fault", [describe(error)]);
  }

  async run(command: Command): Promise<Answer> {
    try {
      return { ok: true, value: wrapBytes(await this.#obey(command)) ?? null };
    } catch (error) {
      return { ok: false, error: describe(error) };
    }
  }

  async #obey(command: Command): Promise<unknown> {
    switch (command.do) {
      case "host": {
        const { serve } = command;
        return this.#attempting(command.options, (network, signal) =>
          network.host({ signal, ...(serve !== undefined && { serve }) }),
        );
      }
      case "join":
        return this.#attempting(command.options, (network, signal) => network.join(command.code, { signal }));
      case "abort":
        return this.#attempt.abort();
      case "leave":
        return this.#network?.leave();
      case "renew":
        return this.#renew();
      case "broadcast":
        return void this.#driven().broadcast(unwrapBytes(command.data));
      case "broadcastState":
        return this.#driven().broadcastState(unwrapBytes(command.data));
      case "sendTo":
        return void this.#driven().sendTo(command.id, unwrapBytes(command.data));
      case "deliver": {
        const data = unwrapBytes(command.data);
        return command.id === undefined ? this.#driven().broadcast(data) : this.#driven().sendTo(command.id, data);
      }
      case "pour":
        for (let i = 0; i < command.count; i += 1) {
          if (i * 2 === command.count) await new Promise((resolve) => setTimeout(resolve, command.pauseMs));
          await this.#driven().sendTo(command.id, madeBytes(command.size, i));
        }
        return undefined;
      case "snapshot":
        // A snapshot's counters are those of the last ping.
        return this.#network && { ...this.#network.snapshot(), peerStats: this.#network.peerStats };
      case "events":
        return this.#log.since(command.since);
      case "waitFor":
        return this.#log.waitFor(command.condition);
      case "play":
        return play(this.#driven(), command.play);
      case "holdings":
        return this.#surroundings.holdings();
      case "memory":
        return { ...(await this.#surroundings.memory()), prototypePolluted: "polluted" in {} };
      case "release":
        return this.#surroundings.release();
    }
  }

  async #attempting(
    options: AgentOptions,
    start: (network: DrivenNetwork, signal: AbortSignal) => Promise<unknown>,
  ): Promise<unknown> {
    this.#network = this.#configured(options);
    this.#attempt = new AbortController();
    const result = await start(this.#network, this.#attempt.signal);
    this.#log.check();
    return result;
  }

  #configured({ iceServers, ...others }: AgentOptions): DrivenNetwork {
    const servers = iceServers ?? (this.#network ? "default" : []);
    const options: DrivenOptions = { ...others, ...(servers !== "default" && { iceServers: servers }) };
    if (this.#network) return Object.assign(this.#network, options);
    const network = this.#surroundings.createNetwork(options);
    const log = this.#log;
    for (const name of RECORDED_EVENTS) {
      network.on(name, (...args) => {
        log.record(
          name,
          args.map((arg) => (arg instanceof Error ? describe(arg) : wrapBytes(arg))),
        );
      });
    }
    for (const name of ["nodesChanged", "nodeCountChanged", "connectedChanged", "peerStatsChanged"]) {
      network.on(name, () => log.check());
    }
    return network;
  }

  /** The network; made now, and so not connected, if neither `host()` nor `join()` came before. */
  #driven(): DrivenNetwork {
    return (this.#network ??= this.#configured({}));
  }

  /** What comes next has a `Network` and a log of its own, as after a start; faults are never forgotten. */
  #renew(): void {
    this.#attempt.abort();
    this.#network?.leave();
    this.#network = undefined;
    const faults = this.#log.since(0).filter(({ name }) => name === "fault");
    this.#log = this.#emptyLog();
    for (const { name, args } of faults) this.#log.record(name, args);
  }

  #emptyLog(): EventLog {
    return new EventLog((name) => this.#property(name));
  }

  #property(name: string): unknown {
    const snapshot = this.#network?.snapshot();
    if (name !== "paths") return new Map(Object.entries(snapshot ?? {})).get(name);
    return snapshot?.nodes.map((id) => snapshot.peerStats[id]?.path);
  }
}

/** Sends numbered states and messages at a steady pace, catching up after a late timer. */
function play(network: DrivenNetwork, { durationMs, statesPerSecond, messagesPerSecond }: Play): Promise<Played> {
  const sent: Played = { states: 0, messages: 0 };
  const started = performance.now();
  const owed = (perSecond: number, elapsed: number): number =>
    Math.min(Math.floor((elapsed / 1000) * perSecond) + 1, (durationMs / 1000) * perSecond);
  return new Promise((resolve, reject) => {
    const tick = (): void => {
      const elapsed = performance.now() - started;
      try {
        while (sent.states < owed(statesPerSecond, elapsed)) {
          network.broadcastState({ n: (sent.states += 1), x: Math.random(), y: Math.random() });
        }
        while (sent.messages < owed(messagesPerSecond, elapsed)) {
          network.broadcast({ n: (sent.messages += 1), text: "Hello to everyone in this network" });
        }
      } catch (error) {
        clearInterval(timer);
        reject(error);
      }
      if (elapsed < durationMs) return;
      clearInterval(timer);
      resolve(sent);
    };
    const timer = setInterval(tick, 1000 / Math.max(statesPerSecond, messagesPerSecond));
    tick();
  });
}

function describe(error: unknown): RemoteFailure {
  if (!(error instanceof Error)) return { name: "not an Error", message: String(error) };
  const failure: RemoteFailure = { name: error.name, message: error.message };
  if ("code" in error && typeof error.code === "string") failure.code = error.code;
  if ("hint" in error && typeof error.hint === "string") failure.hint = error.hint;
  return failure;
}
