import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import type { Namespace } from "./namespace.ts";

/** What one machine of a LAN has. */
export interface LanHostPlan {
  name: string;
  /** One interface on each, `eth0` and so on. Default: `room`. */
  segments?: readonly string[];
  /**
   * Where packets to other networks go, STUN servers' and name servers' among them. Default: they vanish, as behind a
   * router without internet; or there is no route, and they fail at once.
   */
  wayOut?: "vanishes" | "none";
}

/** Where a host is plugged in. */
interface Socket {
  /** The namespace of the bridges. */
  cabinet: Namespace;
  /** All of them; a segment's place in the list is its network: 10.77.0.0/24, 10.78.0.0/24 … */
  segments: readonly string[];
  /** The last part of its addresses. */
  number: number;
}

/** One machine of a LAN: a network of its own, the files of this machine. */
export class LanHost {
  readonly #space: Namespace;
  readonly #socket: Socket;
  readonly #plan: Required<LanHostPlan>;
  readonly #children = new Set<ChildProcess>();
  readonly #addresses = new Map<string, string>();

  private constructor(space: Namespace, socket: Socket, plan: Required<LanHostPlan>) {
    this.#space = space;
    this.#socket = socket;
    this.#plan = plan;
  }

  static async plug(space: Namespace, socket: Socket, plan: LanHostPlan): Promise<LanHost> {
    const host = new LanHost(space, socket, { segments: ["room"], wayOut: "vanishes", ...plan });
    const { segments } = host.#plan;
    await socket.cabinet.run(
      segments
        .map((segment, at) => {
          const port = host.#port(segment);
          return `ip link add ${port} type veth peer name eth${at} netns ${space.pid}
            ip link set ${port} master ${segment} up`;
        })
        .join("\n"),
    );
    await Promise.all(segments.map((segment) => host.move(segment, `${host.#network(segment)}.${socket.number}`)));
    return host;
  }

  get name(): string {
    return this.#plan.name;
  }

  /** What to put before a command, so that it runs here. */
  get launcher(): readonly string[] {
    return this.#space.launcher;
  }

  /** Its address on a segment; default: the first. */
  address(segment: string = this.#plan.segments[0]!): string {
    const address = this.#addresses.get(segment);
    if (!address) throw new Error(`no interface on ${segment}`);
    return address;
  }

  /** Starts a program here, which ends with the LAN at the latest. */
  spawn(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [first = "", ...launcher] = this.launcher;
    const child = spawn(first, [...launcher, command, ...args], options);
    this.keep(child);
    return child;
  }

  /** Lets a program that runs here end with the LAN at the latest. */
  keep(child: ChildProcess): void {
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
  }

  /** Lines of the shell; resolves with what they print. */
  run(script: string): Promise<string> {
    return this.#space.run(script);
  }

  /** Pulls the cable out, and resolves when the kernel has seen it. */
  async cut(segment: string = this.#plan.segments[0]!): Promise<void> {
    await this.#socket.cabinet.run(`ip link set ${this.#port(segment)} down`);
  }

  async mend(segment: string = this.#plan.segments[0]!): Promise<void> {
    await this.#socket.cabinet.run(`ip link set ${this.#port(segment)} up`);
  }

  /** Gives the interface another address and no other, as a new lease does. */
  async move(segment: string, address: string): Promise<void> {
    const at = this.#plan.segments.indexOf(segment);
    const link = `eth${at}`;
    // Nobody has this hardware address: the bridge floods what is sent there, and nobody takes it.
    const nowhere = `${this.#network(segment)}.1`;
    await this.run(`ip addr flush dev ${link} scope global
      ip addr add ${address}/24 dev ${link}
      ip link set ${link} up
      ip neigh replace ${nowhere} lladdr 02:00:00:00:00:01 dev ${link} nud permanent
      ${this.#plan.wayOut === "vanishes" && at === 0 ? `ip route replace default via ${nowhere} dev ${link}` : ""}`);
    this.#addresses.set(segment, address);
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#children].map(async (child) => {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }),
    );
    await this.#space.close();
  }

  #network(segment: string): string {
    return `10.${77 + this.#socket.segments.indexOf(segment)}.0`;
  }

  /** The bridge's end of the cable. */
  #port(segment: string): string {
    return `${segment}${this.#socket.number}`;
  }
}
