import { isNetworkError } from "../src/index.ts";
import type { Network } from "../src/index.ts";
import type { LinkConditions, MemoryNetwork } from "../src/testing/index.ts";
import type { AnyValue } from "./any-value.ts";
import { AnyValues, nameOf } from "./any-value.ts";
import { setup } from "./memory-nodes.ts";

/** What one node said to another, in its order. */
interface Said {
  readonly from: number;
  readonly to: number;
  readonly data: unknown;
  readonly isLong: boolean;
  /** More than its receiver takes. */
  readonly isTooLarge: boolean;
  /** One of those that it is for does not take it. */
  readonly isRefused: boolean;
  /** To one alone. */
  readonly isOne: boolean;
  /** What became of it, where somebody waited. */
  outcome?: string;
}

const NAMES = ["host", "ann", "bob", "cat"];

/** The longest that "cat" takes, in bytes. */
const CAT_TAKES = 1_000_000;

const WEATHER: readonly Partial<LinkConditions>[] = [
  { delay: 1, jitter: 0, loss: 0, reorder: 0, rate: Infinity },
  { delay: 25, jitter: 10, loss: 0.002, reorder: 0.1, rate: 2_000_000 },
  { delay: 60, jitter: 30, loss: 0.005, reorder: 0.2, rate: 400_000 },
  { delay: 5, jitter: 0, loss: 0, reorder: 0, rate: 200_000 },
];

/** Nodes that say anything to each other in any weather. */
export class Talk {
  readonly net: MemoryNetwork;
  readonly nodes: Network[];
  /** How long the way to a host may be cut, in milliseconds: 4 s of silence end it. */
  longestCut = 700;
  readonly #values: AnyValues;
  readonly #said: Said[] = [];
  readonly #heard: { from: string; to: number; data: unknown }[] = [];
  readonly #waits: Promise<unknown>[] = [];
  readonly #ids: readonly string[];

  private constructor(net: MemoryNetwork, nodes: Network[], values: AnyValues) {
    this.net = net;
    this.nodes = nodes;
    this.#values = values;
    this.#ids = nodes.map(({ nodeId }) => nodeId);
    for (const [to, node] of nodes.entries()) {
      node.on("messageReceived", (from, data) => this.#heard.push({ from, to, data }));
    }
  }

  static async start(seed: number, topology: "star" | "mesh", maxMessageSize: number = CAT_TAKES): Promise<Talk> {
    const { net, node } = setup({ seed: `${topology} ${seed}` });
    const nodes = NAMES.map((name) => node(name, name === "cat" ? { maxMessageSize } : { topology }));
    const code = await net.until(nodes[0]!.host());
    for (const joiner of nodes.slice(1)) await net.until(joiner.join(code));
    await net.advance(2000);
    return new Talk(net, nodes, new AnyValues(`${topology} ${seed}`));
  }

  /** One node says something to one or all. */
  say({ data, isLong, size }: AnyValue): void {
    const from = this.#values.below(NAMES.length);
    const to = this.#values.below(NAMES.length);
    const node = this.nodes[from]!;
    const receiver = this.nodes[to]!;
    if (
      size > node.maxMessageSize ||
      node.status !== "connected" ||
      !(from === to || node.nodes.includes(receiver.nodeId))
    )
      return;
    const others = from === to ? [...NAMES.keys()].filter((one) => one !== from) : [to];
    const isTooLarge = (one: number): boolean => size > this.nodes[one]!.maxMessageSize;
    const isRefused = others.some(isTooLarge);
    const said: Said[] = others.map((one) => ({
      isOne: from !== to,
      from,
      to: one,
      data,
      isLong,
      isTooLarge: isTooLarge(one),
      isRefused,
    }));
    this.#said.push(...said);
    const delivery = from === to ? node.broadcast(data) : node.sendTo(receiver.nodeId, data);
    if (this.#values.chance(0.5)) return;
    const settled = (outcome: string): void => said.forEach((one) => (one.outcome = outcome));
    this.#waits.push(
      delivery.then(
        () => settled("delivered"),
        (error: unknown) => settled(isNetworkError(error) ? error.code : String(error)),
      ),
    );
  }

  /** Some turns of talk, with bursts and changes of weather between them. */
  async chat(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      for (let burst = this.#values.pick([1, 2, 3, 30]); burst > 0; burst--) {
        const longest = burst > 3 ? 1000 : this.#values.chance(0.02) ? 5_000_000 : 200_000;
        this.say(this.#values.next(longest));
      }
      if (this.#values.chance(0.3)) this.#change();
      await this.net.advance(this.#values.pick([0, 1, 20, 200]));
      if (this.#values.chance(0.1)) await this.#cut();
    }
  }

  /** All links are well again, and all that was said arrives. */
  async finish(): Promise<void> {
    this.#everyLink((a, b) => this.net.link(a, b, WEATHER[0]!));
    await this.net.until(Promise.all(this.#waits), { limit: 600_000 });
    await this.net.advance(30_000);
  }

  #change(): void {
    const weather = this.#values.pick(WEATHER);
    this.#everyLink((a, b) => this.#values.chance(0.5) && this.net.link(a, b, weather));
  }

  /** What connects two joiners may be away for longer. */
  async #cut(): Promise<void> {
    const [a, b] = [this.#values.pick(NAMES), this.#values.pick(NAMES)];
    if (a === b) return;
    this.net.link(a, b, { cut: true });
    await this.net.advance(a === "host" || b === "host" ? this.longestCut : 6000);
    this.net.link(a, b, { cut: false });
  }

  #everyLink(change: (a: string, b: string) => void): void {
    for (const a of NAMES) for (const b of NAMES) if (a < b) change(a, b);
  }

  /** What is not as it should be, in words. */
  async problems(): Promise<string[]> {
    const problems: string[] = [];
    for (const { pair, said, heard } of this.#pairs()) {
      const longs = new Set<string>();
      const names: string[] = [];
      for (const { data, isLong, isTooLarge, isRefused, outcome } of said) {
        const name = await nameOf(data);
        if (isLong) longs.add(name);
        if (!isTooLarge) names.push(name);
        const wanted = isRefused ? "message-too-large" : "delivered";
        if ((outcome ?? wanted) !== wanted) problems.push(`${pair}: ${outcome}: ${name.slice(0, 100)}`);
      }
      const got = await Promise.all(heard.map(({ data }) => nameOf(data)));
      problems.push(...compare(pair, names, got, longs));
    }
    return problems.slice(0, 10);
  }

  /** What is wrong although links break: something twice, out of order, made up, or promised and not had. */
  async wrongs(): Promise<string[]> {
    const wrongs: string[] = [];
    for (const { pair, said, heard } of this.#pairs()) {
      const got = await Promise.all(heard.map(({ data }) => nameOf(data)));
      const names = await Promise.all(said.map(({ data }) => nameOf(data)));
      const longs = new Set(names.filter((_, i) => said[i]!.isLong));
      let at = 0;
      for (const name of got.filter((one) => !longs.has(one))) {
        while (at < names.length && names[at] !== name) at++;
        if (at++ >= names.length) wrongs.push(`${pair}: ${name.slice(0, 100)} twice, too late or made up`);
      }
      for (const long of longs) {
        const times = (list: readonly string[]): number => list.filter((name) => name === long).length;
        const promised = said.filter(({ outcome, isOne }, i) => names[i] === long && isOne && outcome === "delivered");
        if (times(got) > times(names) || times(got) < promised.length)
          wrongs.push(`${pair}: ${long.slice(0, 100)} ${times(got)} times`);
      }
    }
    return wrongs;
  }

  *#pairs(): Generator<{ pair: string; said: Said[]; heard: { data: unknown }[] }> {
    for (const to of NAMES.keys())
      for (const from of NAMES.keys())
        yield {
          pair: `${NAMES[from]} > ${NAMES[to]}`,
          said: this.#said.filter((one) => one.from === from && one.to === to),
          heard: this.#heard.filter((one) => one.to === to && one.from === this.#ids[from]),
        };
  }

  get breaks(): number {
    return this.nodes.filter(({ status }) => status !== "connected").length;
  }

  get saidCount(): number {
    return this.#said.length;
  }
}

/** Exactly once each, and in order what is not long. */
function compare(pair: string, said: string[], heard: string[], longs: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  if (said.length !== heard.length) problems.push(`${pair}: said ${said.length}, heard ${heard.length}`);
  const isShort = (name: string): boolean => !longs.has(name);
  const [short, shortHeard] = [said.filter(isShort), heard.filter(isShort)];
  const at = short.findIndex((name, i) => name !== shortHeard[i]);
  if (at >= 0)
    problems.push(`${pair} at ${at}: ${short[at]?.slice(0, 100)} is heard as ${shortHeard[at]?.slice(0, 100)}`);
  const [all, allHeard] = [[...said].sort(), [...heard].sort()];
  const odd = all.findIndex((name, i) => name !== allHeard[i]);
  if (odd >= 0) problems.push(`${pair}: ${all[odd]?.slice(0, 100)} is not among what is heard`);
  return problems;
}
