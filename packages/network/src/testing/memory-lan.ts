import { encodeLanCode } from "@clayground/protocol";
import type { PlatformLanServer } from "../platform/platform.ts";
import type { Machine } from "./machine.ts";
import { MemorySignalingServer } from "./memory-signaling.ts";
import type { SignalingTransport } from "./memory-signaling.ts";
import type { SocketTarget } from "./memory-socket.ts";
import type { Route } from "./packet-flow.ts";
import type { VirtualClock } from "./virtual-clock.ts";

interface Host {
  readonly machine: Machine;
  readonly server: MemorySignalingServer;
  readonly port: number;
  address: string;
  onMoved(networkId: string): void;
}

/** The signaling servers of hosts in LAN mode, by address and port. */
export class MemoryLan {
  readonly #clock: VirtualClock;
  readonly #hosts = new Set<Host>();
  #addresses = 0;
  /** No two machines have the same, so that 127.0.0.1 leads each to its own. */
  #ports = 40_000;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  open(machine: Machine, onMoved: (networkId: string) => void): PlatformLanServer {
    const server = new MemorySignalingServer(this.#clock);
    const host: Host = { machine, server, port: ++this.#ports, address: this.#drawAddress(), onMoved };
    this.#hosts.add(host);
    return {
      networkId: codeOf(host),
      signalingUrl: `ws://127.0.0.1:${host.port}/peerjs`,
      token: "the host",
      close: () => {
        this.#hosts.delete(host);
        server.stop();
      },
    };
  }

  move(machine: Machine): void {
    for (const host of this.#hosts) {
      if (host.machine !== machine) continue;
      host.address = this.#drawAddress();
      machine.call(() => host.onMoved(codeOf(host)));
    }
  }

  /** Whether somebody listens there. */
  has(url: URL): boolean {
    return this.#find(url) !== undefined;
  }

  target(
    url: URL,
    transport: SignalingTransport,
    routes: (there: Machine) => readonly [there: Route, back: Route],
  ): SocketTarget | undefined {
    const host = this.#find(url);
    if (!host) return undefined;
    const [there, back] = routes(host.machine);
    return { there, back, accept: (socket) => host.server.accept(url, socket, transport) };
  }

  #find({ host: where }: URL): Host | undefined {
    return [...this.#hosts].find(
      ({ machine, address, port }) =>
        machine.isAlive && (where === `${address}:${port}` || where === `127.0.0.1:${port}`),
    );
  }

  #drawAddress(): string {
    return `10.0.0.${++this.#addresses}`;
  }
}

/** Addresses and ports are good ones here. */
function codeOf({ address, port }: Host): string {
  return encodeLanCode({ address, port }) ?? "";
}
