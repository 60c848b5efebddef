import { IceDirectory } from "./ice-directory.ts";
import { PERFECT_LINK, withConditions } from "./link-conditions.ts";
import type { LinkConditions } from "./link-conditions.ts";
import { LinkDirection } from "./link-direction.ts";
import { Machine } from "./machine.ts";
import { MemoryLan } from "./memory-lan.ts";
import type { OpenResources } from "./machine.ts";
import { MemoryPlatform } from "./memory-platform.ts";
import type { Surroundings } from "./memory-platform.ts";
import { MemorySignalingServer } from "./memory-signaling.ts";
import type { MemorySignaling, MemorySignalingOptions } from "./memory-signaling.ts";
import type { Route } from "./packet-flow.ts";
import { SeededRandom } from "./seeded-random.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** The signaling server's name in {@link MemoryNetwork.link}. */
const SIGNALING = "signaling";

/** Bare ICE and DTLS 1.2 take about this many round trips. */
const CONNECT_ROUND_TRIPS = 4;

/** How a {@link MemoryNetwork} is set up. */
export interface MemoryNetworkOptions {
  /** The same seed gives the same run, to the last packet. @default 1 */
  readonly seed?: number | string;
  /** What every link is like until {@link MemoryNetwork.link} changes it. */
  readonly link?: Partial<LinkConditions>;
  /** Round trips until a peer connection is connected; its channels open one later. @default 4 */
  readonly connectRoundTrips?: number;
  readonly signaling?: MemorySignalingOptions;
}

/**
 * A whole network in memory: machines, links of any quality, a signaling server, and time that moves only
 * when a test says so. Nothing in it is real, so a test of an hour takes seconds and repeats exactly.
 *
 * @example
 * ```ts
 * const net = new MemoryNetwork({ seed: 7, link: { delay: 40, loss: 0.02 } });
 * const alice = new Network({ platform: net.platform("alice") });
 * const bob = new Network({ platform: net.platform("bob") });
 * const code = await net.until(alice.host());
 * await net.until(bob.join(code));
 * net.kill("alice");
 * await net.advance(5000);
 * console.log(bob.status); // "error"
 * ```
 */
export class MemoryNetwork {
  /** The signaling server inside, as `Network`'s option `signalingUrl`; its platforms name it by themselves. */
  readonly signalingUrl: string = "ws://memory/peerjs";
  /** The signaling server: stop it, start it, watch it, let it send rubbish. */
  readonly signaling: MemorySignaling;
  readonly #clock = new VirtualClock();
  readonly #seed: string;
  readonly #conditions: LinkConditions;
  readonly #directions = new Map<string, LinkDirection>();
  readonly #machines = new Map<string, Machine>();
  readonly #surroundings: Surroundings;
  readonly #lan: MemoryLan;
  #machineCount = 0;
  readonly #errors: Error[] = [];
  #loaded: Promise<unknown> | undefined;

  /** @throws RangeError when a link condition is out of its range */
  constructor(options: MemoryNetworkOptions = {}) {
    this.#seed = String(options.seed ?? 1);
    this.#conditions = withConditions(PERFECT_LINK, options.link ?? {});
    const signaling = new MemorySignalingServer(this.#clock, options.signaling);
    this.signaling = signaling;
    this.#lan = new MemoryLan(this.#clock);
    const directory = new IceDirectory(
      (from, to) => this.#route(from, to),
      options.connectRoundTrips ?? CONNECT_ROUND_TRIPS,
    );
    const { signalingUrl } = this;
    const { host } = new URL(signalingUrl);
    const server = { name: SIGNALING, isAlive: true };
    this.#surroundings = {
      directory,
      signalingUrl,
      explainSocketFailure: (url) =>
        url.host === host ? (signaling.failure ?? "refused") : this.#lan.has(url) ? "refused" : "unreachable",
      fetchJson: (url) => {
        if (url.host !== host) throw new Error(`Nothing answers at ${url.host}`);
        return signaling.answer(url);
      },
      socketTarget: (machine, url, transport) =>
        url.host !== host
          ? this.#lan.target(url, transport, (there) => [this.#route(machine, there), this.#route(there, machine)])
          : {
              there: this.#route(machine, server),
              back: this.#route(server, machine),
              accept: (socket) => signaling.accept(url, socket, transport),
            },
      openLanServer: (machine, onMoved) => this.#lan.open(machine, onMoved),
    };
  }

  /** Virtual time in milliseconds since the beginning. */
  get now(): number {
    return this.#clock.now;
  }

  /**
   * A new machine. The name of one that was killed can be used again: it is then a new program there.
   *
   * @param name default `node1`, `node2`, …
   * @throws Error when the name is taken
   */
  platform(name: string = `node${this.#machineCount + 1}`): MemoryPlatform {
    if (name === SIGNALING || this.#machines.get(name)?.isAlive)
      throw new Error(`There is a machine "${name}" already`);
    const index = ++this.#machineCount;
    const random = new SeededRandom(`${this.#seed}/${name}/${this.#machines.has(name) ? index : 0}`);
    const machine = new Machine(name, index, this.#clock, random, (error) =>
      this.#errors.push(error instanceof Error ? error : new Error(`This was thrown: ${String(error)}`)),
    );
    this.#machines.set(name, machine);
    return new MemoryPlatform(machine, this.#surroundings);
  }

  /**
   * Changes what the link between two machines is like, in both directions, from now on. The signaling
   * server is the machine `signaling`.
   *
   * @throws RangeError when a condition is out of its range
   */
  link(a: string, b: string, conditions: Partial<LinkConditions>): void {
    this.oneWay(a, b, conditions);
    this.oneWay(b, a, conditions);
  }

  /**
   * As {@link MemoryNetwork.link}, for one direction.
   *
   * @throws RangeError when a condition is out of its range
   */
  oneWay(from: string, to: string, conditions: Partial<LinkConditions>): void {
    this.#direction(from, to).change(conditions);
    this.#surroundings.directory.pathsChanged();
  }

  /**
   * Moves time on; everything that falls due happens in order. Await one of `advance` and `until` at a time.
   *
   * @throws what a listener of the program under test threw
   */
  async advance(ms: number): Promise<void> {
    await this.#load();
    return this.#clock.advance(ms, () => this.#rethrow());
  }

  /**
   * Moves time on until the promise is settled, and returns what it came to. Several promises go into one
   * `Promise.all`; something real (a file, a server) that the promise needs does not keep time from running out.
   *
   * @param options `limit`: virtual milliseconds to wait at most, default 60,000
   * @throws what the promise rejects with, what a listener of the program under test threw, or an Error
   *   when the limit is passed or nothing is left to happen
   */
  async until<T>(promise: PromiseLike<T>, { limit = 60_000 }: { limit?: number } = {}): Promise<T> {
    await this.#load();
    return this.#clock.until(promise, limit, () => this.#rethrow());
  }

  /** The machine dies, as by `kill -9`: the server sees its sockets break, its peers hear nothing more. */
  kill(name: string): void {
    this.#machine(name).kill();
    this.#surroundings.directory.pathsChanged();
  }

  /** The program on this machine ends as programs do: its `onExit` callbacks run, then it is gone. */
  exit(name: string): void {
    const machine = this.#machine(name);
    for (const callback of [...machine.exitCallbacks]) machine.call(callback);
    this.kill(name);
  }

  /**
   * The machine's address changes, as in another Wi-Fi: a host in LAN mode has another code then.
   *
   * @throws Error when there is no such machine
   */
  changeAddress(name: string): void {
    this.#lan.move(this.#machine(name));
  }

  /** Timers of this machine fire only every `everyMs` milliseconds, as in a hidden tab (1000); 0 ends it. */
  throttleTimers(name: string, everyMs: number): void {
    this.#machine(name).timerStep = everyMs;
  }

  /** What one machine, or all together, has not closed or cleared. */
  open(name?: string): OpenResources {
    const machines = name === undefined ? [...this.#machines.values()] : [this.#machine(name)];
    const sum = { sockets: 0, peerConnections: 0, channels: 0, timers: 0 };
    for (const { open } of machines) {
      for (const key of ["sockets", "peerConnections", "channels", "timers"] as const) sum[key] += open[key];
    }
    return sum;
  }

  /** What the library loads when it is needed: time in here does not wait for files. */
  async #load(): Promise<void> {
    await (this.#loaded ??= Promise.all([
      import("../session/sessions.ts"),
      import("../session/mesh.ts"),
      import("../session/transfers.ts"),
    ]));
  }

  #machine(name: string): Machine {
    const machine = this.#machines.get(name);
    if (!machine) throw new Error(`There is no machine "${name}"`);
    return machine;
  }

  #direction(from: string, to: string): LinkDirection {
    const key = JSON.stringify([from, to]);
    let direction = this.#directions.get(key);
    if (!direction) {
      direction = new LinkDirection(this.#clock, new SeededRandom(`${this.#seed}/${key}`), this.#conditions);
      this.#directions.set(key, direction);
    }
    return direction;
  }

  #route(from: { name: string; isAlive: boolean }, to: { name: string; isAlive: boolean }): Route {
    const [there, back] = [this.#direction(from.name, to.name), this.#direction(to.name, from.name)];
    return { clock: this.#clock, there, back, from, to };
  }

  /** A listener that threw must fail the test that runs, or its assertion would be lost. */
  #rethrow(): void {
    const error = this.#errors.shift();
    if (error) throw error;
  }
}
