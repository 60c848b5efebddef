import type { Accuse } from "./violation.ts";

/** What travels as a message or a state. */
export interface Words {
  readonly from: string;
  readonly n: number;
  /** The only receiver. */
  readonly to?: string;
  readonly fill: string;
}

interface Sent {
  readonly n: number;
  readonly at: number;
}

/** Something a stay cannot know by itself. */
export interface Surroundings {
  now(): number;
  accuse: Accuse;
  /** The stay of the node with this id, also when it is over. */
  stayOf(id: string): Stay | undefined;
  /** Whether a message under way between the two since then must be there by now. */
  mustBeThere(from: Stay, to: Stay, since: number): boolean;
}

/** A good-bye may take so long, in milliseconds: a second until all has what was said, another until the host has heard it. */
export const LINGER = 2500;

/** One node from `host()` or `join()` to its end: what it said, what it heard, and whether it should have. */
export class Stay {
  readonly machine: string;
  readonly isHost: boolean;
  readonly startedAt: number;
  id = "";
  isIn = false;
  endedAt: number | undefined;
  /** `left` and `killed` were done to it; anything else is the code of its error, or `host left`. */
  endedBy = "";
  /** The nodes it was told of, and not yet told that they left, in that order. */
  present: string[] = [];
  readonly #around: Surroundings;
  readonly #joins = new Map<string, number>();
  /** To whom each message went; `undefined` is to all. */
  readonly #receivers: (string | undefined)[] = [];
  /** What must arrive at each node, oldest first. */
  readonly #owed = new Map<string, Sent[]>();
  readonly #lastMessage = new Map<string, number>();
  readonly #lastState = new Map<string, number>();
  #states = 0;

  constructor(machine: string, isHost: boolean, around: Surroundings) {
    this.machine = machine;
    this.isHost = isHost;
    this.startedAt = around.now();
    this.#around = around;
  }

  get isOver(): boolean {
    return this.endedAt !== undefined;
  }

  toString(): string {
    return `${this.machine} (${this.id})`;
  }

  end(by: string): void {
    const now = this.#around.now();
    // A program that dies while it says good-bye was killed.
    if (by === "killed" && now - (this.endedAt ?? now) < LINGER) this.endedBy = by;
    if (this.isOver) return;
    this.endedAt = now;
    this.endedBy = by;
  }

  /** The next message, which all of these must get. */
  nextMessage(receivers: readonly string[], to: string | undefined, fill: string): Words {
    const n = this.#receivers.push(to) - 1;
    for (const id of receivers) {
      let owed = this.#owed.get(id);
      if (!owed) this.#owed.set(id, (owed = []));
      owed.push({ n, at: this.#around.now() });
    }
    return { from: this.id, n, ...(to !== undefined && { to }), fill };
  }

  nextState(fill: string): Words {
    return { from: this.id, n: this.#states++, fill };
  }

  /** Messages that this node still has not got from another one. */
  missing(from: Stay): readonly number[] {
    return (from.#owed.get(this.id) ?? []).map(({ n }) => n);
  }

  joined(id: string): void {
    const host = this.isHost ? this : this.#around.stayOf(this.present[0] ?? id);
    const times = (this.#joins.get(id) ?? 0) + 1;
    this.#joins.set(id, times);
    // Who never heard that it is in tries again under the same id.
    const isAgain = this.present.includes(id) || (this.isHost && times > 1 && this.#around.stayOf(id)?.isIn);
    if (isAgain || id === this.id) this.#accuse("roster", `is told a second time that ${this.#name(id)} joined`);
    if (host && host !== this && id !== host.id && times > (host.#joins.get(id) ?? 0))
      this.#accuse("roster", `is told that ${this.#name(id)} joined, more often than the host`);
    this.present.push(id);
  }

  left(id: string): void {
    if (!this.present.includes(id)) this.#accuse("roster", `is told that ${this.#name(id)} left, which was not there`);
    const host = this.#around.stayOf(this.present[0] ?? "");
    this.present = this.present.filter((one) => one !== id);
    if (!this.#around.stayOf(id)?.isIn) this.#owed.delete(id);
    if (!this.isHost && host && host.id !== id && host.present.includes(id))
      this.#accuse("roster", `is told that ${this.#name(id)} left, which is there for the host`);
  }

  messaged(from: string, data: unknown): void {
    const words = this.#heard("message", "messages", from, data);
    const sender = this.#around.stayOf(from);
    if (!words || !sender) return;
    const { n, to } = words;
    if (n >= sender.#receivers.length || sender.#receivers[n] !== to || (to !== undefined && to !== this.id))
      this.#accuse("messages", `hears message ${n} of ${sender}, which was not for it`);
    const last = this.#lastMessage.get(from) ?? -1;
    if (n <= last) this.#accuse("messages", `hears message ${n} of ${sender} after ${last}`);
    this.#lastMessage.set(from, n);
    const owed = sender.#owed.get(this.id) ?? [];
    while (owed[0] && owed[0].n <= n) {
      const { n: due, at } = owed.shift()!;
      if (due < n) this.#accuse("messages", `hears message ${n} of ${sender} and never ${due}, sent to it at ${at}`);
      else if (this.#around.mustBeThere(sender, this, at))
        this.#accuse("messages", `hears message ${n} of ${sender}, sent at ${at}, far too late`);
    }
  }

  showed(from: string, data: unknown): void {
    const words = this.#heard("state", "states", from, data);
    const sender = this.#around.stayOf(from);
    if (!words || !sender) return;
    const last = this.#lastState.get(from) ?? -1;
    if (words.n <= last) this.#accuse("states", `hears state ${words.n} of ${sender} after ${last}`);
    if (words.n >= sender.#states) this.#accuse("states", `hears state ${words.n} of ${sender}, which was never sent`);
    this.#lastState.set(from, words.n);
  }

  /** Whether it has another node's newest state. */
  hasNewest(of: Stay): boolean {
    return this.#lastState.get(of.id) === of.#states - 1;
  }

  #heard(what: string, promise: "messages" | "states", from: string, data: unknown): Words | undefined {
    if (this.isOver) this.#accuse("ending", `hears a ${what} of ${this.#name(from)} after its end`);
    else if (!this.present.includes(from))
      this.#accuse("roster", `hears a ${what} of ${this.#name(from)}, which is not there`);
    const words = data as Words;
    if (words?.from === from && words.fill === fillOf(words.n, words.fill.length)) return words;
    this.#accuse(promise, `hears a ${what} of ${this.#name(from)} that says ${JSON.stringify(data)?.slice(0, 100)}`);
    return undefined;
  }

  #accuse: Accuse = (promise, words) => this.#around.accuse(promise, `${this} ${words}`);

  #name(id: string): string {
    return String(this.#around.stayOf(id) ?? id);
  }
}

/** Text of this length that belongs to this number. */
export function fillOf(n: number, length: number): string {
  return String.fromCharCode(97 + (n % 26)).repeat(length);
}
