import type {
  IceServer,
  Platform,
  PlatformHttp,
  PlatformLanServer,
  PlatformPeerConnection,
  PlatformSocket,
  SocketFailure,
  TimerHandle,
} from "../platform/platform.ts";
import type { IceDirectory } from "./ice-directory.ts";
import type { Machine } from "./machine.ts";
import { MemoryPeerConnection } from "./memory-peer-connection.ts";
import { MemorySocket } from "./memory-socket.ts";
import type { SignalingTransport } from "./memory-signaling.ts";
import type { SocketTarget } from "./memory-socket.ts";
import type { ClockEvent } from "./virtual-clock.ts";

/** Browsers and Node take a longer timeout for none, in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** What lies around a machine. */
export interface Surroundings {
  readonly directory: IceDirectory;
  readonly signalingUrl: string;
  /** What a URL leads to from this machine; `undefined` when nothing answers there. */
  socketTarget(machine: Machine, url: URL, transport: SignalingTransport): SocketTarget | undefined;
  explainSocketFailure(url: URL): SocketFailure;
  openLanServer(machine: Machine, onMoved: (networkId: string) => void): PlatformLanServer;
  /** Throws where nothing answers. */
  fetchJson(url: URL): unknown;
}

/** One machine of a {@link MemoryNetwork}, as the library sees it. */
export class MemoryPlatform implements Platform {
  readonly #machine: Machine;
  readonly #surroundings: Surroundings;
  /** Machines were not switched on at the same moment: their clocks cannot be compared. */
  readonly #epoch: number;

  constructor(machine: Machine, surroundings: Surroundings) {
    this.#machine = machine;
    this.#surroundings = surroundings;
    this.#epoch = machine.clock.now - Math.floor(machine.random.next() * 100_000);
  }

  /** The name that it was given in the network. */
  get name(): string {
    return this.#machine.name;
  }

  now(): number {
    return this.#machine.clock.now - this.#epoch;
  }

  setTimeout(callback: () => void, ms: number): TimerHandle {
    const machine = this.#machine;
    // As real ones: whole milliseconds, and what is no time at all or too long for 32 bits is done at once.
    const delay = ms > 0 && ms <= MAX_TIMEOUT ? Math.trunc(ms) : 0;
    if (!machine.isAlive) return undefined;
    const start = (wait: number): ClockEvent => {
      const timer = machine.clock.schedule(wait, () => {
        machine.timers.delete(timer);
        const late = machine.timerStep > 0 ? machine.clock.now % machine.timerStep : 0;
        if (late > 0) handle.event = start(machine.timerStep - late);
        else machine.call(callback);
      });
      machine.timers.add(timer);
      return timer;
    };
    const handle = new MemoryTimer();
    handle.event = start(delay);
    return handle;
  }

  clearTimeout(timer: TimerHandle): void {
    if (!(timer instanceof MemoryTimer) || !timer.event) return;
    timer.event.isCanceled = true;
    this.#machine.timers.delete(timer.event);
  }

  randomBytes(count: number): Uint8Array {
    return this.#machine.random.bytes(count);
  }

  createWebSocket(url: string): PlatformSocket {
    this.#mustBeOn();
    const target = parseSocketUrl(url);
    return new MemorySocket(this.#machine, this.#surroundings.socketTarget(this.#machine, target, "websocket"));
  }

  loadHttp(): Promise<PlatformHttp> {
    const machine = this.#machine;
    const surroundings = this.#surroundings;
    /** Never in the same turn, as over a real network. */
    const later = <R>(answer: () => R): Promise<R> =>
      new Promise((resolve, reject) => {
        machine.later(() => {
          try {
            resolve(answer());
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        }, 1);
      });
    return later(() => ({
      explainSocketFailure: (url) => later(() => surroundings.explainSocketFailure(parseSocketUrl(url))),
      fetchJson: (url) => later(() => surroundings.fetchJson(new URL(url))),
      createHttpSocket: (url) =>
        new MemorySocket(machine, surroundings.socketTarget(machine, parseSocketUrl(url), "http")),
    }));
  }

  createPeerConnection(config: { iceServers: IceServer[] }): PlatformPeerConnection {
    this.#mustBeOn();
    for (const server of config.iceServers) checkIceServer(server);
    return new MemoryPeerConnection(this.#machine, this.#surroundings.directory);
  }

  /** What a program still does after its end, in promises that were kept already, leads nowhere. */
  #mustBeOn(): void {
    if (!this.#machine.isAlive) throw new Error("This machine is off");
  }

  /** As a program that may listen; for a page, take the method away. */
  openLanServer(onMoved: (networkId: string) => void): Promise<PlatformLanServer> {
    const machine = this.#machine;
    return new Promise((resolve) => {
      machine.later(() => resolve(this.#surroundings.openLanServer(machine, onMoved)), 1);
    });
  }

  signalingUrl(): string {
    return this.#surroundings.signalingUrl;
  }

  onExit(callback: () => void): () => void {
    // Each registration is its own, also of the same function twice.
    const entry = (): void => callback();
    this.#machine.exitCallbacks.add(entry);
    return () => {
      this.#machine.exitCallbacks.delete(entry);
    };
  }

  reportError(error: unknown): void {
    this.#machine.call(() => {
      throw error;
    });
  }
}

/** What `setTimeout` returns; the event changes when a slowed timer is put off. */
class MemoryTimer {
  event: ClockEvent | undefined;
}

function parseSocketUrl(url: string): URL {
  let parsed: URL | undefined;
  try {
    parsed = new URL(url);
  } catch {
    // Reported below, with the same words as a wrong scheme.
  }
  if (!parsed || !/^wss?:$/.test(parsed.protocol))
    throw new DOMException(`Not a ws: or wss: URL: ${url}`, "SyntaxError");
  return parsed;
}

function checkIceServer({ urls, username, credential }: IceServer): void {
  for (const url of typeof urls === "string" ? [urls] : urls) {
    if (!/^(stuns?|turns?):\S+$/.test(url)) throw new DOMException(`Not a STUN or TURN URL: ${url}`, "SyntaxError");
    if (url.startsWith("turn") && (username === undefined || credential === undefined)) {
      throw new DOMException(`${url} needs username and credential`, "InvalidAccessError");
    }
  }
}
