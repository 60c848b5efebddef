import { Network } from "../../src/network.ts";
import type { NetworkError } from "../../src/index.ts";
import type { MemoryNetwork } from "../../src/testing/index.ts";
import { mayEndWith, mayHaveLeft, mayHaveLostHost, mustBeThere } from "./reasons.ts";
import type { Case } from "./reasons.ts";
import { HOST } from "./schedule.ts";
import type { Schedule } from "./schedule.ts";
import { fillOf, Stay } from "./stay.ts";
import type { Surroundings, Words } from "./stay.ts";
import type { Accuse } from "./violation.ts";
import type { Weather } from "./weather.ts";

type Wire = { message: Words; state: Words };

/** A machine with its program, and the stay that it is in, if any. */
interface Seat {
  readonly network: Network<Wire>;
  stay: Stay | undefined;
  /** Leaves as soon as it hears anything. */
  isLeaving?: boolean;
}

/** All nodes of one run, on one machine each, and what is noted of them. */
export class Crowd implements Case {
  readonly stays: Stay[] = [];
  readonly weather: Weather;
  readonly maxNodes: number;
  /** Joins that are not settled. */
  readonly joining: Set<Stay> = new Set();
  readonly #schedule: Schedule;
  readonly #net: MemoryNetwork;
  readonly #accuse: Accuse;
  readonly #note: (words: string) => void;
  readonly #seats = new Map<string, Seat>();
  readonly #byId = new Map<string, Stay>();
  readonly #around: Surroundings;
  #code = "";

  constructor(schedule: Schedule, net: MemoryNetwork, weather: Weather, accuse: Accuse, note: (words: string) => void) {
    this.#schedule = schedule;
    this.#net = net;
    this.weather = weather;
    this.maxNodes = schedule.maxNodes;
    this.#accuse = accuse;
    this.#note = note;
    this.#around = {
      now: () => net.now,
      accuse,
      stayOf: (id) => this.#byId.get(id),
      mustBeThere: (from, to, since) => mustBeThere(this, from, to, since, net.now),
    };
  }

  get host(): Stay {
    return this.stays[0]!;
  }

  /** The nodes that are connected, the host first. */
  get connected(): readonly { readonly stay: Stay; readonly network: Network<Wire> }[] {
    const seats = [...this.#seats.values()];
    return seats.flatMap(({ stay, network }) => (stay?.isIn && !stay.isOver ? [{ stay, network }] : []));
  }

  async open(): Promise<void> {
    const { topology, maxNodes, autoRelay } = this.#schedule;
    const { network } = this.#sit(HOST);
    Object.assign(network, { topology, maxNodes, autoRelay });
    const stay = this.#begin(HOST);
    this.#code = await this.#net.until(network.host());
    stay.id = this.#code;
    this.#byId.set(stay.id, stay);
    stay.isIn = true;
  }

  join(name: string): void {
    const seat = this.#seats.get(name) ?? this.#sit(name);
    if (seat.stay && !seat.stay.isOver) return;
    const stay = this.#begin(name);
    this.joining.add(stay);
    const settled = (): void => {
      this.joining.delete(stay);
    };
    seat.network.join(this.#code).then(settled, settled);
  }

  leave(name: string): void {
    const seat = this.#seats.get(name);
    seat?.network.leave();
    seat?.stay?.end("left");
  }

  leaveSoon(name: string): void {
    const seat = this.#seats.get(name);
    if (seat) seat.isLeaving = true;
  }

  /** Nobody leaves soon any more. */
  stay(): void {
    for (const seat of this.#seats.values()) seat.isLeaving = false;
  }

  /** @param how by `exit` the program may still close what it has */
  kill(name: string, how: "kill" | "exit"): void {
    const seat = this.#seats.get(name);
    if (!seat) return;
    this.#net[how](name);
    // The stay before may still be saying good-bye.
    for (const stay of this.stays.filter(({ machine }) => machine === name)) stay.end("killed");
    if (seat.stay) this.joining.delete(seat.stay);
    this.#seats.delete(name);
  }

  /** Messages to all, to one of the nodes, or states to all; nothing from who is not in. */
  speak(name: string, what: "say" | "tell" | "show", count: number, size: number): void {
    const seat = this.#seats.get(name);
    if (!seat?.network.connected || !seat.stay) return;
    for (let i = 0; i < count; i++) {
      const nodes = seat.network.nodes;
      const one = nodes[(this.#net.now + i) % nodes.length];
      if (what === "tell" && one !== undefined) this.#tell(seat, one, size);
      else if (what === "say") this.#say(seat, size);
      else if (what === "show") {
        const { n } = seat.stay.nextState("");
        seat.network.broadcastState({ from: seat.network.nodeId, n, fill: fillOf(n, size) });
      }
    }
  }

  throttle(name: string, ms: number): void {
    if (this.#seats.has(name)) this.#net.throttleTimers(name, ms);
  }

  #say({ network, stay }: Seat, size: number): void {
    const words = stay!.nextMessage(network.nodes, undefined, "");
    network.broadcast({ ...words, from: network.nodeId, fill: fillOf(words.n, size) });
  }

  #tell({ network, stay }: Seat, to: string, size: number): void {
    const words = stay!.nextMessage([to], to, "");
    network.sendTo(to, { ...words, from: network.nodeId, fill: fillOf(words.n, size) });
  }

  #sit(name: string): Seat {
    const platform = this.#net.platform(name);
    const open = platform.createWebSocket.bind(platform);
    // A node's id is known to the host before its own application hears of it: from the signaling.
    platform.createWebSocket = (url) => {
      const id = new URL(url).searchParams.get("id");
      const { stay } = seat;
      if (id !== null && stay && !stay.id) this.#byId.set((stay.id = id), stay);
      return open(url);
    };
    const network = new Network<Wire>({ platform });
    const seat: Seat = { network, stay: undefined };
    this.#seats.set(name, seat);
    this.#listen(seat);
    return seat;
  }

  #begin(name: string): Stay {
    const stay = new Stay(name, name === HOST, this.#around);
    this.#seats.get(name)!.stay = stay;
    this.stays.push(stay);
    return stay;
  }

  #listen(seat: Seat): void {
    const { network } = seat;
    const { areTalkative } = this.#schedule;
    network.on("nodeJoined", (id) => {
      seat.stay!.joined(id);
      if (seat.stay!.isHost) this.#note(`${this.#byId.get(id)} joins`);
      if (areTalkative && network.connected && network.nodes.includes(id)) this.#tell(seat, id, 0);
      this.#heard(seat);
    });
    network.on("nodeLeft", (id) => this.#heardLeft(seat, id));
    network.on("messageReceived", (from, data, { to }) => {
      if (to !== undefined && to !== network.nodeId && seat.stay)
        this.#accuse("messages", `${seat.stay} hears a message for ${to}`);
      seat.stay!.messaged(from, data);
      this.#heard(seat);
    });
    network.on("stateReceived", (from, data) => {
      seat.stay!.showed(from, data);
      this.#heard(seat);
    });
    network.on("errorOccurred", (_words, error) => this.#failed(seat, error));
    network.on("statusChanged", (status) => {
      if (status === "connected") this.#entered(seat);
      // After `leave()` and `join()` in one turn this is about the stay before.
      if (status === "disconnected" && network.status === status) this.#ended(seat, "host left");
    });
    network.on("nodeCountChanged", (count) => {
      if (count > this.maxNodes) this.#accuse("agreement", `${seat.stay} counts ${count} nodes of ${this.maxNodes}`);
    });
  }

  #entered({ stay, network }: Seat): void {
    // It may have left in the same turn.
    if (!stay || stay.isOver) return;
    stay.isIn = true;
    this.#note(`${stay} is in, with ${network.nodes.length}`);
  }

  #heard(seat: Seat): void {
    if (!seat.isLeaving || !seat.stay) return;
    seat.isLeaving = false;
    this.leave(seat.stay.machine);
  }

  #heardLeft(seat: Seat, id: string): void {
    const { network } = seat;
    const stay = seat.stay!;
    const gone = this.#byId.get(id);
    stay.left(id);
    const isFine =
      id === this.host.id
        ? this.host.isOver || mayHaveLostHost(this, stay, this.#net.now)
        : !stay.isHost || (gone && mayHaveLeft(this, gone, this.#net.now));
    if (!isFine) this.#accuse("roster", `${stay} is told without a reason that ${gone ?? id} left`);
    if (stay.isHost) this.#note(`${gone} leaves`);
    if (this.#schedule.areTalkative && network.connected) this.#say(seat, 0);
  }

  #failed(seat: Seat, error: NetworkError): void {
    const { network, stay } = seat;
    if (!stay || stay.isOver) return;
    const { now } = this.#net;
    // Schedules show states of many packets.
    if (error.code === "state-large") return;
    this.#note(`${stay} reports ${error.code} ${error.details.reason ?? ""}`);
    // The error comes first, the status after it.
    if (network.status === "error" || !network.connected) return this.#ended(seat, error.code);
    if (error.code === "signaling-lost" && !this.weather.couldSignal(stay.machine, now - 30_000, now)) return;
    this.#accuse("reason", `${stay} reports ${error.code} (${error.details.nodeId}: ${error.details.reason})`);
  }

  #ended({ stay }: Seat, code: string): void {
    if (!stay || stay.isOver) return;
    if (!mayEndWith(this, stay, code, this.#net.now)) this.#accuse("reason", `${stay} ends without a reason: ${code}`);
    stay.end(code);
  }
}
