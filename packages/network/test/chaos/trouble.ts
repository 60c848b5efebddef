import type { LinkConditions } from "../../src/testing/index.ts";
import type { Action, Deed, Dice } from "./schedule.ts";

/** How long a cut lasts, in milliseconds: not noticed, on the edge, noticed, or to the end. */
const CUTS: readonly (readonly [number, number])[] = [
  [50, 900],
  [1000, 4500],
  [4500, 12_000],
  [1_000_000, 1_000_000],
];

/** How long a loose contact stays as it is: while one message is on its way, or a handshake, or until it counts as dead. */
const FLAPS: readonly (readonly [number, number])[] = [
  [1, 60],
  [20, 1500],
  [3500, 5000],
];

/** A link is dead after 4 s of silence, looked at every half second: what happens then is worth a look. */
const EDGE = 4250;

/** Draws who comes and goes, and what breaks when. */
export function drawTrouble(
  dice: Dice,
  joiners: readonly string[],
  duration: number,
  base: Partial<LinkConditions>,
): Action[] {
  const { random, from, pick } = dice;
  const actions: Action[] = [];
  const times: number[] = [];
  const add = (at: number, deed: Deed): void => {
    if (at <= duration) actions.push({ ...deed, at });
    times.push(at);
  };
  /** Anywhere, or about when something else happens, or its consequences. */
  const drawTime = (): number => {
    if (times.length === 0 || random.chance(0.5)) return from(0, duration);
    const at = pick(times) + (random.chance(0.3) ? EDGE : 0) + (random.chance(0.5) ? 0 : from(-60, 60));
    return Math.max(0, Math.min(duration, at));
  };
  const cut = (a: string, b: string, oneWay: boolean, [least, most]: readonly [number, number]): void => {
    const at = drawTime();
    add(at, { do: oneWay ? "oneWay" : "link", a, b, is: { cut: true } });
    add(at + from(least, most), { do: "link", a, b, is: { cut: false } });
  };
  const two = (): readonly [string, string] => dice.shuffle(joiners).slice(0, 2) as [string, string];
  const kinds: readonly (readonly [number, () => void])[] = [
    [5, () => add(drawTime(), { do: "join", who: pick(joiners) })],
    [4, () => add(drawTime(), { do: "leave", who: pick(joiners) })],
    [2, () => add(drawTime(), { do: pick(["kill", "kill", "exit"] as const), who: pick(joiners) })],
    [1, () => add(drawTime(), { do: "leaveSoon", who: pick(joiners) })],
    [6, () => cut(...two(), false, pick(CUTS))],
    [2, () => cut(...two(), true, pick(CUTS))],
    [2, () => cut("host", pick(joiners), random.chance(0.3), pick(CUTS.slice(0, 2)))],
    [1, () => cut("host", pick(joiners), random.chance(0.3), pick(CUTS))],
    [1, () => cut("signaling", pick(["host", ...joiners]), random.chance(0.3), pick(CUTS.slice(0, 3)))],
    [
      2,
      () => {
        const [a, b] = two();
        const at = drawTime();
        const is = { loss: from(2, 40) / 100, jitter: from(0, 80), reorder: 0.2, duplicate: 0.2 };
        const slow = random.chance(0.3) ? { rate: from(2, 200) * 1000 } : {};
        add(at, { do: random.chance(0.5) ? "oneWay" : "link", a, b, is: { ...is, ...slow } });
        const good = { loss: 0, jitter: 0, reorder: 0, duplicate: 0, rate: Infinity, ...base };
        add(at + from(500, 8000), { do: "link", a, b, is: good });
      },
    ],
    [
      1,
      () => {
        // A loose contact.
        const [a, b] = two();
        let at = drawTime();
        const [least, most] = pick(FLAPS);
        for (let left = from(2, 6); left > 0; left--) {
          add(at, { do: "link", a, b, is: { cut: true } });
          add((at += from(least, most)), { do: "link", a, b, is: { cut: false } });
          at += from(least, most);
        }
      },
    ],
    [
      1,
      () => {
        // One is cut off from all others, who keep what they have.
        const who = pick(joiners);
        const [at, heal] = [drawTime(), from(...pick(CUTS))];
        for (const other of joiners.filter((one) => one !== who)) {
          add(at, { do: "link", a: who, b: other, is: { cut: true } });
          add(at + heal, { do: "link", a: who, b: other, is: { cut: false } });
        }
      },
    ],
    [
      1,
      () => {
        const at = drawTime();
        add(at, { do: "signaling", isUp: false });
        add(at + from(100, 9000), { do: "signaling", isUp: true });
      },
    ],
    [
      1,
      () => {
        const [at, who] = [drawTime(), pick(["host", ...joiners])];
        add(at, { do: "throttle", who, ms: 1000 });
        add(at + from(2000, 8000), { do: "throttle", who, ms: 0 });
      },
    ],
    [
      1,
      () => {
        // The last words are the ones that get lost.
        const [at, who] = [drawTime(), pick(joiners)];
        add(at, { do: "say", who, count: from(1, 30), size: 0 });
        add(at, { do: "leave", who });
      },
    ],
    [0.4, () => add(from(duration / 2, duration), { do: pick(["leave", "kill"] as const), who: "host" })],
  ];
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0);
  for (let left = from(3, 8 + Math.floor(duration / 3000)); left > 0; left--) {
    let roll = random.next() * total;
    kinds.find(([weight]) => (roll -= weight) < 0)?.[1]();
  }
  return actions;
}
