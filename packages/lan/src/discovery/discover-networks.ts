import { setMaxListeners } from "node:events";
import { networkInterfaces } from "node:os";
import type { Interfaces } from "../addresses/interfaces.ts";
import { checkPlace } from "./check-place.ts";
import { questionMessage, type Heard } from "./dns-messages.ts";
import { LocalMulticast } from "./local-multicast.ts";
import { listNetworks, placesOf, reduceNetworks } from "./network-table.ts";
import type { DiscoveredNetwork, NetworkTable, Place, TableEvent } from "./network-table.ts";
import { SourceRates, type Rate } from "./source-rates.ts";

/** What to look for, and how long. */
export interface DiscoverOptions {
  /** Only this game's networks; left out or `""`: all. */
  readonly appId?: string;
  /** Ends the search. @default it ends when the loop is left */
  readonly signal?: AbortSignal;
  /** Called at most once, with one line for a person, when some interface cannot be listened at. */
  readonly onProblem?: (message: string) => void;
  /** The machine's interfaces. @default those of `os.networkInterfaces()` */
  readonly interfaces?: () => Interfaces;
}

// A host that is killed refuses at the next check; one without power is silent at two: 1.5 + 1.5 + 1.2 s at most.
const CHECK_MS = 1500;
const CHECK_PATIENCE_MS = 1200;
// RFC 6762, 5.2: pauses between questions double. They stay at 16 s, where 60 minutes are allowed, because Wi-Fi loses
// multicast: an announcement that nobody heard is made up for.
const QUESTION_MS: readonly number[] = [0, 1000, 2000, 4000, 8000, 16_000];
/** The first one waits 20 to 120 ms, so that not all ask at once when they get power again. */
const FIRST_QUESTION_MS = { least: 20, most: 120 };
/** Answers of several hosts come within 120 ms, and floods make no more than ten lists a second. */
const GATHER_MS = 100;
/** An empty list comes after that: a host that has just answered others answers a second later. */
const FIRST_LIST_MS = 1300;

/**
 * Lists the networks that are hosted on the local network, and follows them: gives the whole list each time that it
 * has changed, for the first time after at most 1.3 s, even when it is empty. A host that was killed is gone after
 * 5 s at most. Never throws; sends some packets a minute; ends, and leaves nothing open, with the signal or the loop.
 *
 * ```ts
 * import { discoverNetworks } from "@clayground/lan";
 *
 * for await (const networks of discoverNetworks({ appId: "org.example.tag", signal: AbortSignal.timeout(3000) })) {
 *   for (const { name, code, nodeCount, maxNodes } of networks) {
 *     console.log(`${code}  ${name}  ${nodeCount} of ${maxNodes} players`);
 *   }
 * }
 * ```
 */
export async function* discoverNetworks(
  options: DiscoverOptions = {},
): AsyncGenerator<readonly DiscoveredNetwork[], void, undefined> {
  const { signal } = options;
  if (signal?.aborted === true) return;
  const search = new Search(options);
  const close = (): void => search.close();
  signal?.addEventListener("abort", close);
  try {
    while (await search.changed()) yield search.take();
  } finally {
    signal?.removeEventListener("abort", close);
    close();
  }
}

// Each is checked by a connection. Who announces in others' names could have us try all ports of all machines here.
const NEW_OF_ONE_SOURCE: Rate = { perSecond: 0.5, burst: 8 };
const NEW_OF_ALL: Rate = { perSecond: 10, burst: 64 };

/** A running search. */
class Search {
  readonly #appId: string | undefined;
  readonly #multicast: LocalMulticast;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #checks = new Map<string, Promise<void>>();
  readonly #ended = new AbortController();
  readonly #newcomers = new SourceRates(NEW_OF_ONE_SOURCE, NEW_OF_ALL);
  #table: NetworkTable = [];
  #questionTimer: NodeJS.Timeout | undefined;
  #gatherTimer: NodeJS.Timeout | undefined;
  /** What was taken last. */
  #taken: string | undefined;
  #isFirstDue = false;
  #wake: (() => void) | undefined;

  constructor({ appId, onProblem, interfaces = networkInterfaces }: DiscoverOptions) {
    this.#appId = appId;
    // One for each check; Node warns about more than ten.
    setMaxListeners(0, this.#ended.signal);
    this.#multicast = new LocalMulticast({
      interfaces,
      needles: ["_clayground"],
      isBackground: false,
      // Whom nobody could ask before is asked as soon.
      onLink: () => this.#askFrom(0),
      onMessage: ({ heard }, _, source) => {
        for (const each of heard) this.#hear(each, source);
      },
      onProblem: (message) => onProblem?.(message),
    });
    this.#timers.add(setInterval(() => this.#checkAll(), CHECK_MS));
    this.#timers.add(setTimeout(() => this.#showFirst(), FIRST_LIST_MS));
  }

  /** Waits for another list; `false` when the search has ended. */
  async changed(): Promise<boolean> {
    while (!this.#ended.signal.aborted && !this.#hasNews()) await new Promise<void>((wake) => (this.#wake = wake));
    return !this.#ended.signal.aborted;
  }

  /** The list as it is now. */
  take(): readonly DiscoveredNetwork[] {
    const list = listNetworks(this.#table, this.#appId);
    this.#taken = JSON.stringify(list);
    return list;
  }

  close(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#questionTimer);
    clearTimeout(this.#gatherTimer);
    this.#multicast.close();
    this.#wake?.();
  }

  #hasNews(): boolean {
    // While others' answers may still come, it waits for them.
    if (this.#gatherTimer !== undefined) return false;
    const list = listNetworks(this.#table, this.#appId);
    if (this.#taken === undefined) return this.#isFirstDue || list.length > 0;
    return JSON.stringify(list) !== this.#taken;
  }

  #showFirst(): void {
    this.#isFirstDue = true;
    this.#wake?.();
  }

  #askFrom(step: number): void {
    const { least, most } = FIRST_QUESTION_MS;
    const ask = (): void => {
      // Without what it knows already (RFC 6762, 7.1): the answers refresh the counts of nodes, too.
      void this.#multicast.sendEverywhere(questionMessage());
      this.#askFrom(Math.min(step + 1, QUESTION_MS.length - 1));
    };
    clearTimeout(this.#questionTimer);
    this.#questionTimer = setTimeout(ask, QUESTION_MS[step] || least + Math.random() * (most - least));
  }

  #hear({ instance, ttl, announcement }: Heard, source: string): void {
    if (announcement === undefined) return this.#apply({ type: "left", instance, source });
    const find = (): NetworkTable[number] | undefined =>
      this.#table.find((each) => each.instance === instance && each.source === source);
    const isNew = find()?.announcement.port !== announcement.port;
    if (isNew && !this.#newcomers.take(source, performance.now())) return;
    this.#apply({ type: "heard", instance, source, announcement, ttl });
    if (find()?.isConfirmed === false) this.#check({ address: source, port: announcement.port });
  }

  #checkAll(): void {
    this.#apply({ type: "time" });
    for (const place of placesOf(this.#table)) this.#check(place);
  }

  #check(place: Place): void {
    const key = `${place.address}:${place.port}`;
    if (this.#checks.has(key)) return;
    const check = checkPlace(place, CHECK_PATIENCE_MS, this.#ended.signal).then((result) => {
      this.#checks.delete(key);
      this.#apply({ type: "checked", result, ...place });
    });
    this.#checks.set(key, check);
  }

  #apply(event: TableEvent): void {
    if (this.#ended.signal.aborted) return;
    this.#table = reduceNetworks(this.#table, event, performance.now());
    this.#gatherTimer ??= setTimeout(() => {
      this.#gatherTimer = undefined;
      this.#wake?.();
    }, GATHER_MS);
  }
}
