import { toTerminalLine } from "@clayground/lan";
import type { Network } from "../network.ts";

/** What this program sends; a game that does not know it can ignore it. */
export interface ChatLine {
  readonly chat: string;
  readonly name?: string;
}

const MAX_LINE = 500;
/** The longest name that is shown, in UTF-16 units. */
export const MAX_NAME = 32;

/** A network as lines of text: what happens in it, and what its nodes say. */
export class Chat {
  readonly #network: Network;
  readonly #write: (line: string) => void;
  readonly #name: string | undefined;
  /** What nodes have called themselves; of those that are not (or no longer) in, nothing is kept. */
  readonly #names = new Map<string, string>();

  /** @param write shows a line; nothing in it can steer a terminal */
  constructor(network: Network, name: string | undefined, write: (line: string) => void) {
    this.#network = network;
    this.#name = name;
    this.#write = write;
    network.on("nodeJoined", (id) => this.#write(`* ${this.#called(id)} is here, ${this.#count()}`));
    network.on("nodeLeft", (id) => {
      this.#write(`* ${this.#called(id)} left, ${this.#count()}`);
      this.#names.delete(id);
    });
    network.on("messageReceived", (from, data) => this.#heard(from, data));
  }

  /** Takes what a person typed; `false` when that was good-bye. */
  typed(line: string): boolean {
    const text = line.trim();
    if (text === "/quit" || text === "/exit") return false;
    if (text === "/who") for (const each of this.who()) this.#write(each);
    else if (text.startsWith("/")) this.#write("* /who shows who is there and how fast, /quit leaves");
    else if (text !== "") this.#say(text);
    return true;
  }

  /** Everybody, and how fast the way to them is. */
  who(): readonly string[] {
    const { nodes, nodeId, peerStats } = this.#network;
    const others = nodes.map((id) => {
      const stats = peerStats[id];
      const path = { direct: "directly", relay: "through TURN", "via-host": "through the host" }[
        stats?.path ?? "via-host"
      ];
      const latency = stats && stats.latency >= 0 ? `, ${Math.max(1, Math.round(stats.latency))} ms` : "";
      return `  ${this.#called(id)}, ${path}${latency}`;
    });
    return [`  ${nodeId} (you${this.#network.isHost ? ", the host" : ""})`, ...others];
  }

  #say(text: string): void {
    if (text.length > MAX_LINE) this.#write(`* Only the first ${MAX_LINE} characters are sent`);
    const line: ChatLine = { chat: text.slice(0, MAX_LINE), ...(this.#name !== undefined && { name: this.#name }) };
    this.#network.broadcast(line);
  }

  #heard(from: string, data: unknown): void {
    const { chat, name } = Object(data) as { chat?: unknown; name?: unknown };
    const said = typeof name === "string" ? toTerminalLine(name, MAX_NAME) : undefined;
    if (said !== undefined && this.#network.nodes.includes(from)) this.#names.set(from, said);
    // Games say other things: these are shown as they are.
    const text = typeof chat === "string" ? chat : JSON.stringify(data);
    this.#write(`${this.#called(from, said)}: ${toTerminalLine(text, MAX_LINE)}`);
  }

  #called(id: string, name: string | undefined = this.#names.get(id)): string {
    if (id === this.#network.nodes[0] && !this.#network.isHost && !name) return `${id}, the host`;
    return name ? `${name} (${id})` : id;
  }

  #count(): string {
    const { nodeCount } = this.#network;
    if (nodeCount === 0) return "and the network is over";
    return nodeCount === 1 ? "nobody else is here" : `${nodeCount} are here`;
  }
}
