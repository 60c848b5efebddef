import type { SeededRandom } from "./seeded-random.ts";
import type { ClockEvent, VirtualClock } from "./virtual-clock.ts";

/** What one machine, or all of them, has not given back. A test for leaks wants all zeros. */
export interface OpenResources {
  readonly sockets: number;
  readonly peerConnections: number;
  /** Data channels of peer connections that are not closed. */
  readonly channels: number;
  readonly timers: number;
}

/** Something of a machine that is cut off when the machine dies. */
export interface MachinePart {
  /** The machine is gone: nothing is sent any more, and nothing is called. */
  vanish(): void;
}

/** A peer connection as the machine sees it. */
export interface MachineConnection extends MachinePart {
  readonly openChannels: number;
}

/** One program on one device: what it holds, and whether it still runs. */
export class Machine {
  readonly name: string;
  /** Of the block for benchmarks (RFC 2544), in which nothing real can be. */
  readonly address: string;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly sockets: Set<MachinePart> = new Set();
  readonly connections: Set<MachineConnection> = new Set();
  readonly timers: Set<ClockEvent> = new Set();
  readonly exitCallbacks: Set<() => void> = new Set();
  /** Timers fire only at multiples of this, in milliseconds; 0 means when they are due. */
  timerStep = 0;
  readonly #report: (error: unknown) => void;
  #isAlive = true;
  #nextPort = 50_000;

  constructor(
    name: string,
    index: number,
    clock: VirtualClock,
    random: SeededRandom,
    report: (error: unknown) => void,
  ) {
    this.name = name;
    this.address = `198.18.${(index >> 8) & 0xff}.${index & 0xff}`;
    this.clock = clock;
    this.random = random;
    this.#report = report;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get open(): OpenResources {
    let channels = 0;
    for (const connection of this.connections) channels += connection.openChannels;
    return {
      sockets: this.sockets.size,
      peerConnections: this.connections.size,
      channels,
      timers: this.timers.size,
    };
  }

  /** Calls into the program, unless it is gone. What it throws does not come back here. */
  call(callback: () => void): void {
    if (!this.#isAlive) return;
    try {
      callback();
    } catch (error) {
      this.#report(error);
    }
  }

  /** Calls into the program in a later task. */
  later(callback: () => void, ms = 0): ClockEvent {
    return this.clock.schedule(ms, () => this.call(callback));
  }

  drawPort(): number {
    return this.#nextPort++;
  }

  /** The program ends without a word. */
  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const timer of this.timers) timer.isCanceled = true;
    for (const part of [...this.sockets, ...this.connections]) part.vanish();
    for (const set of [this.timers, this.sockets, this.connections, this.exitCallbacks]) set.clear();
  }
}
