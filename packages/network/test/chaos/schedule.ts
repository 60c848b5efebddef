import { SeededRandom } from "../../src/testing/seeded-random.ts";
import type { LinkConditions } from "../../src/testing/index.ts";
import { drawTrouble } from "./trouble.ts";

/** Something that is done to a network, or by one of its nodes; what is not possible then is passed over. */
export type Deed =
  /** `exit` is the end of a program that closes what it has; `leaveSoon` leaves in the listener of what it hears next. */
  | { readonly do: "join" | "leave" | "leaveSoon" | "kill" | "exit"; readonly who: string }
  /** Messages to all, to one of the nodes that it knows, or states to all. */
  | { readonly do: "say" | "tell" | "show"; readonly who: string; readonly count: number; readonly size: number }
  | { readonly do: "link" | "oneWay"; readonly a: string; readonly b: string; readonly is: Partial<LinkConditions> }
  | { readonly do: "signaling"; readonly isUp: boolean }
  /** Timers fire only every so many milliseconds, as in a hidden tab. */
  | { readonly do: "throttle"; readonly who: string; readonly ms: number };

/** A deed and its time in milliseconds. */
export type Action = Deed & { readonly at: number };

/** Everything that happens in one run. The same schedule gives the same run, to the last packet. */
export interface Schedule {
  readonly seed: string;
  readonly topology: "star" | "mesh";
  readonly maxNodes: number;
  /** Whether it was drawn among large ones only. */
  readonly isLarge: boolean;
  readonly autoRelay: boolean;
  readonly link: Partial<LinkConditions>;
  /** Whether nodes write to newcomers, and to all when somebody left, in the listener itself. */
  readonly areTalkative: boolean;
  readonly joiners: readonly string[];
  /** In the order of their times. */
  readonly actions: readonly Action[];
  /** Whether all is mended at the end, and everything must become well; else all leave in the middle of it. */
  readonly endsCalm: boolean;
  /** In which order all leave at the end; `host` and the joiners. */
  readonly farewell: readonly string[];
}

/** The host's machine. */
export const HOST = "host";

const JOINERS = ["ann", "bob", "cat", "dan", "eve", "fay"];

const LINKS: readonly Partial<LinkConditions>[] = [
  {},
  { delay: 0 },
  { delay: 5, jitter: 10, loss: 0.01, duplicate: 0.02, reorder: 0.05 },
  { delay: 60, jitter: 40, loss: 0.005, reorder: 0.1 },
];

/** Draws a schedule; most are small, because many small ones find more than few large ones in the same time. */
export function drawSchedule(topology: "star" | "mesh", seed: number, allLarge = false): Schedule {
  const random = new SeededRandom(`chaos ${topology} ${seed}`);
  const dice = diceOf(random);
  const isLong = random.chance(0.005) || allLarge;
  const joiners = JOINERS.slice(0, isLong ? dice.from(4, 6) : random.chance(0.6) ? 3 : 4);
  const duration = isLong ? dice.from(20_000, 60_000) : dice.from(1500, 6000);
  const link = dice.pick(LINKS);
  const maxNodes = random.chance(0.2) ? dice.from(2, joiners.length) : 8;
  const actions: Action[] = [];
  // Some are there from the beginning, several of them at the same moment.
  for (const who of joiners)
    if (random.chance(0.75)) actions.push({ at: random.chance(0.5) ? 0 : dice.from(0, 1500), do: "join", who });
  actions.push(...drawTrouble(dice, joiners, duration, link));
  for (let at = 300; at < duration; at += dice.from(80, 800)) {
    const who = dice.pick([HOST, ...joiners]);
    const count = random.chance(0.03) ? dice.pick([40, 40, 300]) : dice.from(1, 3);
    // Many large ones are a flood, which the host ends.
    const size = count < 40 && random.chance(0.03) ? 20_000 : 0;
    actions.push({ at, do: dice.pick(["say", "tell", "show"] as const), who, count, size });
  }
  return {
    seed: String(seed),
    topology,
    maxNodes,
    isLarge: allLarge,
    // A star without it is something else: its host's application decides.
    autoRelay: topology === "star" || random.chance(0.8),
    link,
    areTalkative: random.chance(0.5),
    joiners,
    actions: actions.sort((a, b) => a.at - b.at),
    endsCalm: random.chance(0.75),
    farewell: dice.shuffle([HOST, ...joiners]),
  };
}

/** What a generator draws. */
export interface Dice {
  readonly random: SeededRandom;
  from(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  shuffle<T>(list: readonly T[]): T[];
}

function diceOf(random: SeededRandom): Dice {
  const from = (least: number, most: number): number => least + Math.floor(random.next() * (most - least + 1));
  return {
    random,
    from,
    pick: (list) => list[from(0, list.length - 1)]!,
    shuffle: (list) => {
      const rest = [...list];
      return list.map(() => rest.splice(from(0, rest.length - 1), 1)[0]!);
    },
  };
}
